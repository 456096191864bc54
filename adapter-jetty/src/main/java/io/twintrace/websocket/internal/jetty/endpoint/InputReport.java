package io.twintrace.websocket.internal.jetty.endpoint;

import io.twintrace.websocket.internal.io.PushTransport;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;

/**
 * Reports input, or its end, to a listener's connection: once for each time that it waits. Any thread. Knows how long
 * the connection's turns take, so that long ones do not hold up other connections.
 */
final class InputReport implements Runnable {
    /** Several times a small message, and what it costs to wake another thread. */
    private static final int LONG_NANOS = 20_000;

    /**
     * What each byte received may take besides. Large messages come through faster if one thread moves them all, because
     * their bytes stay in its processor's cache.
     */
    private static final int NANOS_FOR_A_BYTE = 1;

    /** So that a thread that had to wait once for its processor does not make an average long. */
    private static final int MAX_NANOS = 4 * LONG_NANOS;

    private static final int MIN_NANOS = 1_000;

    private static final int WEIGHT = 8;

    /** How many turns are not measured after one that was short. */
    private static final int UNMEASURED = 15;

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
    private final EndPointInput input;

    /** Taken through {@link #AWAITED}. */
    private volatile boolean awaited;

    // Guesses, which may lose an update: the next turn can begin while this one ends.
    private int averageNanos;
    private int unmeasured;

    /**
     * @param threads run a task that may block
     * @param input what the connection reads
     */
    InputReport(PushTransport.Events to, Executor threads, WakeUps wakeUps, EndPointInput input) {
        this.to = to;
        this.threads = threads;
        this.wakeUps = wakeUps;
        this.input = input;
    }

    /** Returns the turns of other connections that have the same selector. */
    SharedTurns turns() {
        return wakeUps.turns();
    }

    /** Asks for one report. */
    void await() {
        awaited = true;
    }

    private boolean take() {
        return awaited && AWAITED.compareAndSet(this, true, false);
    }

    /** Reports on this thread, or before the selector selects again. Returns false if nobody waits. */
    boolean here() {
        boolean taken = take();
        if (taken && !(isToBeShared() && turns().add(this, Math.max(MIN_NANOS, averageNanos)))) {
            run();
        }
        return taken;
    }

    private boolean isToBeShared() {
        return (averageNanos > LONG_NANOS || turns().isCrowded()) && !to.mayBlock();
    }

    /** Reports what was taken. */
    @Override
    public void run() {
        try {
            wakeUps.openNow(); // the readers of earlier input, because the next step may take long
        } finally {
            if (unmeasured > 0) {
                unmeasured--;
                to.readable();
            } else {
                measure();
            }
        }
    }

    private void measure() {
        long bytes = input.received();
        long begin = System.nanoTime();
        to.readable();
        long nanos = System.nanoTime() - begin - NANOS_FOR_A_BYTE * (input.received() - bytes);
        averageNanos += ((int) Math.max(0, Math.min(MAX_NANOS, nanos)) - averageNanos) / WEIGHT;
        unmeasured = nanos > LONG_NANOS || averageNanos > LONG_NANOS ? 0 : UNMEASURED;
    }

    /** Reports on another thread, for a caller that may be closing the endpoint. */
    void elsewhere() {
        if (take()) {
            threads.execute(to::readable);
        }
    }
}
