package io.twintrace.websocket.internal.jetty.endpoint;

import io.twintrace.websocket.internal.io.PushTransport;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;

/** Reports input, or its end, to a listener's connection: once for each time that it waits. Any thread. */
final class InputReport {
    private static final VarHandle AWAITED;

    static {
        try {
            AWAITED = MethodHandles.lookup().findVarHandle(InputReport.class, "awaited", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final PushTransport.Events to;
    private final Executor threads;
    private final WakeUps wakeUps;

    /** Taken through {@link #AWAITED}. */
    private volatile boolean awaited;

    /** @param threads run a task that may block */
    InputReport(PushTransport.Events to, Executor threads, WakeUps wakeUps) {
        this.to = to;
        this.threads = threads;
        this.wakeUps = wakeUps;
    }

    /** Asks for one report. */
    void await() {
        awaited = true;
    }

    private boolean take() {
        return awaited && AWAITED.compareAndSet(this, true, false);
    }

    /** Reports on this thread. Returns false if nobody waits. */
    boolean here() {
        boolean taken = take();
        if (taken) {
            try {
                wakeUps.openNow(); // the readers of earlier input, because the next step may take long
            } finally {
                to.readable();
            }
        }
        return taken;
    }

    /** Reports on another thread, for a caller that may be closing the endpoint. */
    void elsewhere() {
        if (take()) {
            threads.execute(to::readable);
        }
    }
}
