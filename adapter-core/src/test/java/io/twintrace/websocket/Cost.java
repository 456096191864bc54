package io.twintrace.websocket;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * What a call has cost its thread.
 *
 * @param bytes allocated on the heap, garbage included
 * @param cpu used, which does not depend on what else the machine does
 */
record Cost(long bytes, Duration cpu) {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Measures a call on a thread of its own. */
    static Background<Cost> measure(Background.ThrowingRunnable call) {
        return Background.start(() -> {
            long bytes = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            long nanos = THREADS.getCurrentThreadCpuTime();
            call.run();
            return new Cost(
                    THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - bytes,
                    Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - nanos));
        });
    }

    void assertAtMost(long mostBytes, Duration mostCpu) {
        assertTrue(bytes <= mostBytes, bytes + " bytes allocated");
        assertTrue(cpu.compareTo(mostCpu) <= 0, cpu + " of CPU time used");
    }
}
