package io.twintrace.websocket.detect;

import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * For tests only. Holds every write of new connections inside the detector's guard for a random time, so that two
 * writers that rarely collide do so often. Affects connections that begin while a window is open, and costs others
 * nothing. Safe for use by any thread.
 */
public final class WideWindow implements AutoCloseable {
    /** The last one counts. Tests that run in parallel close theirs in any order. */
    private static final Deque<WideWindow> OPEN = new ConcurrentLinkedDeque<>();

    private final long maxNanos;

    private WideWindow(long maxNanos) {
        this.maxNanos = maxNanos;
    }

    /**
     * Opens a window for all connections that begin from now on, in place of those that are open already.
     *
     * @param longest the maximum delay of one write (half of it on average); zero for none
     * @return the window; once it is closed, the latest of those still open counts again
     */
    public static WideWindow open(Duration longest) {
        if (longest.isNegative()) { // checked here, because the agent takes few other packages into its jar
            throw new IllegalArgumentException("window is " + longest + ", but must not be negative");
        }
        WideWindow opened = new WideWindow(longest.toNanos());
        OPEN.addLast(opened);
        return opened;
    }

    @Override
    public void close() {
        OPEN.remove(this);
    }

    /** Returns null if writes are not delayed. */
    static WideWindow current() {
        WideWindow window = OPEN.peekLast();
        return window == null || window.maxNanos == 0 ? null : window;
    }

    void stay() {
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(maxNanos));
    }
}
