package io.twintrace.websocket.internal.handshake;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Enlarges a header's value, to expose a parser whose time grows faster than its input. */
final class LinearTime {
    private static final int LONG = 1 << 16;

    /** A linear parser takes a few milliseconds, even instrumented. A quadratic one takes seconds. */
    private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(1);

    private LinearTime() {}

    /** Repeats the middle third of {@code value}; also from its beginning, or to its end. */
    static void check(String value, Consumer<String> parser) {
        int third = value.length() / 3;
        String begin = value.substring(0, third);
        String middle = value.substring(third, value.length() - third);
        String end = value.substring(value.length() - third);
        String large = middle.repeat(LONG / Math.max(1, middle.length()));
        for (String blownUp : new String[] {begin + large + end, large + end, begin + large}) {
            assertQuick(blownUp.length(), () -> parser.accept(blownUp));
        }
    }

    /** Counts the thread's own time, since a busy machine may hold it up. */
    static void assertQuick(int length, Runnable parsing) {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        parsing.run();
        long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
        assertTrue(nanos < MAX_NANOS, () -> nanos / 1_000_000 + " ms for " + length + " characters");
    }
}
