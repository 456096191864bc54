package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * The cost of a call for its thread.
 *
 * @param bytes allocated on the heap, garbage included
 * @param cpu time used, which does not depend on the load of the machine
 */
record Cost(long bytes, Duration cpu) {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Measures a call on a thread of its own. */
    static Background<Cost> measure(Background.ThrowingRunnable call) {
        return Background.start(() -> {
            long bytes = allocatedByThread();
            long nanos = THREADS.getCurrentThreadCpuTime();
            call.run();
            return new Cost(allocatedByThread() - bytes, Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - nanos));
        });
    }

    /** How many bytes the calling thread has allocated so far. */
    static long allocatedByThread() {
        return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    void assertAtMost(long maxBytes, Duration maxCpu) {
        assertTrue(bytes <= maxBytes, bytes + " bytes allocated");
        assertTrue(cpu.compareTo(maxCpu) <= 0, cpu + " of CPU time used");
    }
}
