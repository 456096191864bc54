package io.twintrace.websocket.servlet;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A thread for each handler: virtual where the platform has them (JDK 21), else pooled. Every thread has the web
 * application's class loader as its context class loader.
 */
final class HandlerThreads {
    /** {@code Thread.ofVirtual().unstarted(Runnable)}, or null before JDK 21: this is bytecode for 17. */
    private static final MethodHandle NEW_VIRTUAL_THREAD = findVirtualThreads();

    private final ClassLoader contextClassLoader;
    private final ThreadPoolExecutor pool;

    HandlerThreads(ClassLoader contextClassLoader) {
        this.contextClassLoader = contextClassLoader;
        this.pool = NEW_VIRTUAL_THREAD != null ? null : newPool();
    }

    /** Runs a task on a thread of its own, which is called {@code name} meanwhile. */
    void start(String name, Runnable task) {
        Runnable inContext = () -> {
            Thread thread = Thread.currentThread();
            thread.setName(name);
            thread.setContextClassLoader(contextClassLoader);
            try {
                task.run();
            } finally {
                thread.setName("websocket-idle"); // a pooled thread waits for the next one
            }
        };
        if (pool != null) {
            pool.execute(inContext);
        } else {
            newVirtualThread(inContext).start();
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
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        });
    }

    private static Thread newVirtualThread(Runnable task) {
        try {
            return (Thread) NEW_VIRTUAL_THREAD.invoke(task);
        } catch (Throwable e) {
            throw new IllegalStateException("cannot make a virtual thread", e);
        }
    }

    private static MethodHandle findVirtualThreads() {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> ofVirtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
            MethodHandle builder = lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(ofVirtual));
            MethodHandle unstarted =
                    lookup.findVirtual(ofVirtual, "unstarted", MethodType.methodType(Thread.class, Runnable.class));
            return MethodHandles.foldArguments(unstarted, builder);
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }
}
