package io.twintrace.websocket.internal.engine;

import java.util.concurrent.TimeUnit;

/**
 * How much work a turn may do before other connections get the thread: a few milliseconds, however well the peer has
 * compressed its messages. No limit where the listener may block its threads, which serve no other connection. For the
 * thread in the turn.
 */
final class WorkLimit {
    /** As long as it takes, more or less, to inflate {@link #MAX_INFLATED}. */
    private static final long MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

    /** A message as long as the default limit may come in one turn. */
    private static final int MAX_INFLATED = 1 << 20;

    /** The number of messages between two looks at the clock. A look takes as long as a tenth of a small message. */
    private static final int MESSAGES_A_LOOK = 8;

    private final boolean limited;

    private boolean reached;
    private boolean refused;
    private int inflated;
    private int shown;

    /** Whether it is known when the turn began. */
    private boolean timed;

    private long begin;

    WorkLimit(boolean limited) {
        this.limited = limited;
    }

    /** A turn begins. */
    void begin() {
        reached = false;
        refused = false;
        inflated = 0;
        shown = 0;
        timed = false;
    }

    /** Something was read, or work goes on with what was read before. */
    void workAt(long now) {
        if (!timed) {
            timed = true;
            begin = now;
        } else {
            lookAt(now);
        }
    }

    private void lookAtClock() {
        if (limited && !reached) { // else it makes no difference
            lookAt(System.nanoTime());
        }
    }

    private void lookAt(long now) {
        reached |= limited && timed && now - begin > MAX_NANOS;
    }

    /** A message was shown. */
    void shown() {
        if (++shown % MESSAGES_A_LOOK == 0) {
            lookAtClock();
        }
    }

    /** Whether more may be inflated in this turn. */
    boolean mayInflate() {
        refused |= reached;
        return !reached;
    }

    /** A piece of a message was inflated, to that number of bytes. */
    void inflated(int bytes) {
        inflated += bytes;
        reached |= limited && inflated >= MAX_INFLATED;
        lookAtClock();
    }

    /** Whether the turn has to end. */
    boolean isReached() {
        return reached;
    }

    /** Whether it ends inside a message that could be inflated further. */
    boolean hasRefused() {
        return refused;
    }
}
