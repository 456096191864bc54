package io.twintrace.websocket.benchmarks.endtoend.server;

import java.io.InterruptedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/** Measures the memory that a server retains, without garbage. */
final class MemoryUse {
    private static final int COLLECTIONS = 3;

    private MemoryUse() {}

    /** Returns {@code memory heap=N outside=N} in bytes; outside is direct buffers, metaspace and compiled code. */
    static String now(long uncounted) throws InterruptedIOException {
        collect();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        long outside = uncounted
                + ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage().getUsed();
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            outside += pool.getMemoryUsed();
        }
        return "memory heap=" + heap + " outside=" + outside;
    }

    /** Collects more than once, since objects with a cleaner, such as direct buffers, outlive the first time. */
    private static void collect() throws InterruptedIOException {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            try {
                TimeUnit.MILLISECONDS.sleep(200);
            } catch (InterruptedException e) {
                throw new InterruptedIOException("interrupted while collecting garbage");
            }
        }
    }
}
