package io.twintrace.websocket.detect;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * For tests only. Holds every write of new connections inside the detector's guard for a random time, so that two
 * writers that rarely collide do so often. Affects connections that begin while a window is open, and costs others
 * nothing. Safe for use by any thread.
 */
public final class WideWindow implements AutoCloseable {
    private static final AtomicReference<WideWindow> CURRENT = new AtomicReference<>();

    private final long maxNanos;
    private final WideWindow before;

    private WideWindow(long maxNanos, WideWindow before) {
        this.maxNanos = maxNanos;
        this.before = before;
    }

    /**
     * Opens a window for all connections that begin from now on. Replaces the previous window.
     *
     * @param longest the maximum delay of one write (half of it on average); zero for none
     * @return the window; close windows in reverse order, which restores the previous one
     */
    public static WideWindow open(Duration longest) {
        if (longest.isNegative()) {
            throw new IllegalArgumentException("window is " + longest + ", but must not be negative");
        }
        WideWindow opened = new WideWindow(longest.toNanos(), CURRENT.get());
        CURRENT.set(opened);
        return opened;
    }

    @Override
    public void close() {
        CURRENT.set(before);
    }

    /** Returns null if writes are not delayed. */
    static WideWindow current() {
        WideWindow window = CURRENT.get();
        return window == null || window.maxNanos == 0 ? null : window;
    }

    void stay() {
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(maxNanos));
    }
}
