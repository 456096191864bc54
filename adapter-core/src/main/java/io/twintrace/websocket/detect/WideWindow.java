package io.twintrace.websocket.detect;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * For tests alone: makes every write of connections that begin from now on stay inside the detector's guard for a
 * random moment, so that two writers which would seldom meet do so often. Costs connections nothing that begin while
 * none is open. Safe for any thread.
 */
public final class WideWindow implements AutoCloseable {
    private static final AtomicReference<WideWindow> CURRENT = new AtomicReference<>();

    private final long longestNanos;
    private final WideWindow before;

    private WideWindow(long longestNanos, WideWindow before) {
        this.longestNanos = longestNanos;
        this.before = before;
    }

    /**
     * Opens a window for all connections that begin from now on, in place of the one before.
     *
     * @param longest the most that one write is held up, the mean is half of it; zero for as it always is
     * @return to be closed, the last one first, which brings the one before back
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

    /** Null where writes are not held up. */
    static WideWindow current() {
        WideWindow window = CURRENT.get();
        return window == null || window.longestNanos == 0 ? null : window;
    }

    void stay() {
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(longestNanos));
    }
}
