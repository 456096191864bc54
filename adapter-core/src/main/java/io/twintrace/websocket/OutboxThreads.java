package io.twintrace.websocket;

import io.twintrace.websocket.thread.VirtualThreads;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A thread for each outbox that has something to write: virtual where the platform has them (JDK 21), else pooled. */
final class OutboxThreads {
    /** Idle threads end soon, so that they keep nobody's classes in memory. */
    private static final int KEEP_ALIVE_MILLIS = 500;

    private static final ThreadPoolExecutor POOL = VirtualThreads.exist() ? null : newPool();

    private OutboxThreads() {}

    /** Runs a task on a thread that is called {@code name} meanwhile. */
    static void start(String name, Runnable task) {
        Runnable named = () -> {
            Thread.currentThread().setName(name);
            task.run();
        };
        if (POOL != null) {
            POOL.execute(named);
        } else {
            VirtualThreads.unstarted(named).start();
        }
    }

    private static ThreadPoolExecutor newPool() {
        // As many threads as there are connections at most, which the servlet limits.
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, KEEP_ALIVE_MILLIS, TimeUnit.MILLISECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task);
                    thread.setDaemon(true);
                    thread.setContextClassLoader(null);
                    return thread;
                });
    }
}
