package io.twintrace.websocket.servlet;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Looks after all connections that close because their server stops, on one thread, as long as there are any. Those
 * whose peers and handlers read take care of themselves. The others need somebody who sees that nobody reads the peer's
 * Close frame, that an outbox does not become empty, or that the peer does not close.
 */
final class ClosingTask implements Runnable {
    private static final long MIN_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** How many times as long it rests as it has worked, so that many connections do not take a whole processor. */
    private static final int REST = 4;

    private final Application application;
    private final BooleanSupplier goOn;
    private final AtomicBoolean running = new AtomicBoolean();

    /** @param goOn looks after the connections once; returns whether to call it again */
    ClosingTask(Application application, BooleanSupplier goOn) {
        this.application = application;
        this.goOn = goOn;
    }

    /** Starts the thread, unless it runs. Call this after a connection has begun to close. */
    void start() {
        if (running.compareAndSet(false, true)) {
            boolean started = false;
            try {
                application.startThread("websocket-stop", this);
                started = true;
            } catch (OutOfMemoryError e) {
                application
                        .context()
                        .log("no thread for the end of WebSocket connections (" + e
                                + "): those whose peer or handler does" + " not read stay open until they are cut off");
            } finally {
                if (!started) { // else the task sets this, which may have ended already
                    running.set(false);
                }
            }
        }
    }

    @Override
    public void run() {
        do {
            try {
                goOnAndOn();
            } finally {
                running.set(false);
            }
        } while (goOn() && running.compareAndSet(false, true)); // one has begun to close meanwhile
    }

    private void goOnAndOn() {
        long pause = MIN_PAUSE_NANOS;
        long begin = System.nanoTime();
        while (goOn()) {
            long rest = Math.max(pause, REST * (System.nanoTime() - begin));
            LockSupport.parkNanos(rest);
            pause = Math.min(2 * pause, MAX_PAUSE_NANOS);
            begin = System.nanoTime();
        }
    }

    /** Goes on after a failure, for example for lack of memory, because nothing else looks after the connections. */
    private boolean goOn() {
        try {
            return goOn.getAsBoolean();
        } catch (Throwable t) {
            return true;
        }
    }
}
