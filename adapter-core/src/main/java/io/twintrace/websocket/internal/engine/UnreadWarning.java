package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.write.FrameWriter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.Consumer;

/**
 * Warns in the log, once for each connection, if a handler writes again and again and does not read. Then the peer's
 * Pings stay unanswered, and its Close unseen. Looks only after a write, so that it needs no timer. Any thread may call
 * these methods.
 */
final class UnreadWarning {
    private static final AtomicLongFieldUpdater<UnreadWarning> NEXT_LOOK =
            AtomicLongFieldUpdater.newUpdater(UnreadWarning.class, "nextLook");

    /** About 146 years. */
    private static final long NEVER_AGAIN = Long.MAX_VALUE / 2;

    private final BlockingReader reading;
    private final FrameWriter frames;
    private final long patienceNanos;
    private final Consumer<String> log;

    private volatile long nextLook;

    /** How far reading had come at the last look. Owned by the thread that has moved {@link #nextLook} on. */
    private volatile long seen;

    /** @param threshold zero for no warning */
    UnreadWarning(BlockingReader reading, FrameWriter frames, Duration threshold, Consumer<String> log) {
        this.reading = reading;
        this.frames = frames;
        this.patienceNanos = threshold.isZero() ? NEVER_AGAIN : Deadlines.nanos(threshold);
        this.log = log;
        this.nextLook = System.nanoTime() + patienceNanos;
    }

    /** Checks whether to warn. Call this after a write, without the frame lock. */
    void look() {
        long now = frames.lastWrite();
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

    /** Logs the warning. Does not throw, because the message that was written is out. */
    private void warn() {
        try {
            log.accept("the handler of connection " + reading.connection() + " writes but has not read for "
                    + TimeUnit.NANOSECONDS.toMillis(patienceNanos)
                    + " ms: Pings are not answered, and a client that closes has to wait. Call readMessage until it"
                    + " returns null, on another thread if necessary. This is logged once for each connection.");
        } catch (Throwable t) {
            // The log has failed, and there is no other place to report this.
        }
    }
}
