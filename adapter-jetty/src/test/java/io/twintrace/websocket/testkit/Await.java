package io.twintrace.websocket.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Predicate;

/** Waits for conditions that nobody announces. */
public final class Await {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final long PAUSE_MILLIS = 5;

    private Await() {}

    /** Checks again and again until the value is as expected. Fails with the last value after a while. */
    public static <T> T until(String what, Callable<T> value, Predicate<T> expected) throws Exception {
        return until(what, PATIENCE, value, expected);
    }

    /** As {@link #until(String, Callable, Predicate)}, with another patience. */
    public static <T> T until(String what, Duration patience, Callable<T> value, Predicate<T> expected)
            throws Exception {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            T seen = value.call();
            if (expected.test(seen)) {
                return seen;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited " + patience.toMillis() + " ms for " + what + ", last seen: " + seen);
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }
}
