package io.twintrace.websocket;

import io.twintrace.websocket.thread.VirtualThreads;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A thread for each outbox that has something to write: virtual where the platform has them (JDK 21), else pooled. None
 * inherits anything of the thread that happened to offer first, such as the user of its request.
 */
final class OutboxThreads {
    /** Idle threads end soon. */
    private static final int KEEP_ALIVE_MILLIS = 500;

    private static final ThreadPoolExecutor POOL = VirtualThreads.exist() ? null : newPool();

    private OutboxThreads() {}

    /** Runs a task on a thread that has the name and the context class loader meanwhile. */
    static void start(String name, ClassLoader contextClassLoader, Runnable task) {
        if (POOL != null) {
            POOL.execute(() -> runPooled(name, contextClassLoader, task));
        } else {
            VirtualThreads.start(name, contextClassLoader, task);
        }
    }

    private static void runPooled(String name, ClassLoader contextClassLoader, Runnable task) {
        Thread thread = Thread.currentThread();
        thread.setName(name);
        thread.setContextClassLoader(contextClassLoader);
        try {
            task.run();
        } finally {
            thread.setContextClassLoader(null); // a pooled thread keeps nobody's classes in memory
            thread.setName("websocket-outbox-idle");
        }
    }

    private static ThreadPoolExecutor newPool() {
        // As many threads as there are connections at most, which the servlet limits.
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, KEEP_ALIVE_MILLIS, TimeUnit.MILLISECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(null, task, "websocket-outbox-idle", 0, false);
                    thread.setDaemon(true);
                    thread.setContextClassLoader(null);
                    return thread;
                });
    }
}
