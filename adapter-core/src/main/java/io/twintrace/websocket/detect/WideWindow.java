package io.twintrace.websocket.detect;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * For tests alone: makes every write of connections that begin from now on stay inside the detector's guard for a random
 * moment, so that two writers which would meet once in a million writes meet within the first thousand. Safe for any
 * thread; costs connections nothing that begin while it is shut.
 */
public final class WideWindow {
    private static volatile WideWindow current;

    private final long longestNanos;

    private WideWindow(long longestNanos) {
        this.longestNanos = longestNanos;
    }

    /**
     * Opens the window for all connections that begin from now on.
     *
     * @param longest the most that one write is held up, at least 1 microsecond; the mean is half of it
     */
    public static void open(Duration longest) {
        if (longest.toNanos() < 1000) {
            throw new IllegalArgumentException("window is " + longest + ", but must be at least 1 microsecond");
        }
        current = new WideWindow(longest.toNanos());
    }

    /** Connections that begin from now on are as they always are. */
    public static void shut() {
        current = null;
    }

    /** Null while it is shut. */
    static WideWindow current() {
        return current;
    }

    void stay() {
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(longestNanos));
    }
}
