package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.io.Deadlines;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.Consumer;

/**
 * Tells the log, once a connection, of a handler that writes again and again and does not read. Pings of its peer stay
 * unanswered, and its Close unseen. Looks only when something has been written, so that it needs no timer. Any thread.
 */
final class UnreadWarning {
    private static final AtomicLongFieldUpdater<UnreadWarning> NEXT_LOOK =
            AtomicLongFieldUpdater.newUpdater(UnreadWarning.class, "nextLook");

    /** About 146 years. */
    private static final long NEVER_AGAIN = Long.MAX_VALUE / 2;

    private final ReadHalf reading;
    private final FrameWriter output;
    private final long patienceNanos;
    private final Consumer<String> log;

    private volatile long nextLook;

    /** How far reading had come at the last look. Owned by the thread that has moved {@link #nextLook} on. */
    private volatile long seen;

    /** @param threshold zero for no warning */
    UnreadWarning(ReadHalf reading, FrameWriter output, Duration threshold, Consumer<String> log) {
        this.reading = reading;
        this.output = output;
        this.patienceNanos = threshold.isZero() ? NEVER_AGAIN : Deadlines.nanos(threshold);
        this.log = log;
        this.nextLook = System.nanoTime() + patienceNanos;
    }

    /** Call after a write, without the frame lock. */
    void look() {
        long now = output.lastWrite();
        long due = nextLook;
        if (now - due < 0) {
            return;
        }
        boolean isAttended = reading.isAttended(); // first: a read that ends after this shows in the progress
        long progress = reading.progress();
        boolean isNeglected = progress == seen && !isAttended;
        if (NEXT_LOOK.compareAndSet(this, due, now + (isNeglected ? NEVER_AGAIN : patienceNanos))) {
            seen = progress;
            if (isNeglected) {
                warn();
            }
        }
    }

    /** Does not throw: the message that was written is out. */
    private void warn() {
        try {
            log.accept("the handler of connection " + reading.connection() + " writes but has not read for "
                    + TimeUnit.NANOSECONDS.toMillis(patienceNanos)
                    + " ms: Pings are not answered, and a client that closes has to wait. Call readMessage until it"
                    + " returns null, on another thread if need be. This is logged once for each connection.");
        } catch (Throwable t) {
            // Of the log. There is no other place to tell.
        }
    }
}
