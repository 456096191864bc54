package io.twintrace.websocket.servlet;

import io.twintrace.websocket.thread.VirtualThreads;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A thread for each task that may block, such as a handler: virtual where the platform has them (JDK 21), else pooled.
 * Every thread has the web application's class loader as its context class loader.
 */
final class HandlerThreads {
    private final ClassLoader contextClassLoader;
    private final ThreadPoolExecutor pool;

    HandlerThreads(ClassLoader contextClassLoader) {
        this.contextClassLoader = contextClassLoader;
        this.pool = VirtualThreads.exist() ? null : newPool();
    }

    /** Runs a task on a thread of its own, which is called {@code name} meanwhile. */
    void start(String name, Runnable task) {
        if (pool != null) {
            pool.execute(() -> runPooled(name, task));
        } else {
            VirtualThreads.start(name, contextClassLoader, task);
        }
    }

    private void runPooled(String name, Runnable task) {
        Thread thread = Thread.currentThread();
        thread.setName(name);
        thread.setContextClassLoader(contextClassLoader);
        try {
            task.run();
        } finally {
            thread.setName("websocket-idle"); // it waits for the next task
        }
    }

    /** Lets idle threads end at once, so that they do not keep the application's classes in memory. */
    void shutdown() {
        if (pool != null) {
            pool.shutdown();
        }
    }

    private static ThreadPoolExecutor newPool() {
        // As many threads as there are connections, which the servlet limits.
        return new ThreadPoolExecutor(0, Integer.MAX_VALUE, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(null, task, "websocket-idle", 0, false); // nothing of the first request's
            thread.setDaemon(true);
            return thread;
        });
    }
}
