package io.twintrace.websocket.internal.read;

import java.util.concurrent.TimeUnit;

/**
 * Limits the work of a turn to a few milliseconds, even if the peer has compressed its messages very well. Other
 * connections get the thread after that. There is no limit if the listener may block its threads, because these serve
 * no other connection. Only the thread in the turn calls these methods.
 */
public final class TurnBudget {
    /** Roughly the time that it takes to inflate {@link #MAX_INFLATED}. */
    private static final long MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

    /** One turn can inflate a message as long as the default read limit. */
    private static final int MAX_INFLATED = 1 << 20;

    /**
     * The number of messages between two clock readings. Reading the clock takes a tenth of the time of a small
     * message.
     */
    private static final int MESSAGES_PER_CLOCK_READING = 8;

    private boolean limited;
    private boolean reached;
    private boolean refused;
    private int inflated;
    private int shown;

    /** Whether {@code begin} is set for this turn. */
    private boolean timed;

    private long begin;

    /**
     * Notes that a turn begins. A handler has no turns, and so no limit.
     *
     * @param isLimited false for no limit
     */
    public void begin(boolean isLimited) {
        limited = isLimited;
        reached = false;
        refused = false;
        inflated = 0;
        shown = 0;
        timed = false;
    }

    /** Notes that something was read, or that work continues with what was read before. */
    public void workAt(long now) {
        if (!timed) {
            timed = true;
            begin = now;
        } else {
            lookAt(now);
        }
    }

    private void lookAtClock() {
        if (limited && !reached) { // otherwise it makes no difference
            lookAt(System.nanoTime());
        }
    }

    private void lookAt(long now) {
        reached |= limited && timed && now - begin > MAX_NANOS;
    }

    /** Notes that the listener has seen a message. */
    public void shown() {
        if (++shown % MESSAGES_PER_CLOCK_READING == 0) {
            lookAtClock();
        }
    }

    /** Returns whether more may be inflated in this turn. */
    boolean mayInflate() {
        refused |= reached;
        return !reached;
    }

    /** Returns the same after work that has yielded nothing. */
    boolean mayInflateOn() {
        lookAtClock();
        return mayInflate();
    }

    /** Notes that a piece of a message was inflated to this many bytes. */
    void inflated(int bytes) {
        inflated += bytes;
        reached |= limited && inflated >= MAX_INFLATED;
        lookAtClock();
    }

    /** Returns whether the turn has to end. */
    public boolean isReached() {
        return reached;
    }

    /** Returns whether the turn ends inside a message that could be inflated further. */
    public boolean hasRefused() {
        return refused;
    }
}
