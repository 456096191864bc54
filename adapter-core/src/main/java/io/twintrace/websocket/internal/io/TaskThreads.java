package io.twintrace.websocket.internal.io;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread for each task that may block, as many as there are tasks: virtual where the platform has them (JDK 21), else
 * pooled. None inherits anything of the thread that happened to start the first task, such as the user of its request.
 * Safe for any thread. For this library's own use: public only since its packages share it.
 */
public final class TaskThreads {
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** The pooled threads of all, while they have a task. */
    private static final Set<Thread> BUSY = ConcurrentHashMap.newKeySet();

    private final String idleName;

    /** Null where threads are virtual. */
    private final ThreadPoolExecutor pool;

    /**
     * @param idleName of threads that wait for a task
     * @param keepAliveMillis how long they do
     */
    public TaskThreads(String idleName, long keepAliveMillis) {
        this.idleName = idleName;
        this.pool = VirtualThreads.exist() ? null : newPool(keepAliveMillis, task -> newThread(idleName, task));
    }

    /** Pooled threads that a factory makes, also where there are virtual ones. */
    public TaskThreads(String idleName, long keepAliveMillis, ThreadFactory factory) {
        this.idleName = idleName;
        this.pool = newPool(keepAliveMillis, factory);
    }

    /**
     * Runs a task on a thread of its own, which has the name and the context class loader meanwhile.
     *
     * @throws OutOfMemoryError also where the system gives no more threads
     */
    public void start(String name, ClassLoader contextClassLoader, Runnable task) {
        if (pool != null) {
            pool.execute(() -> runPooled(name, contextClassLoader, task));
        } else {
            VirtualThreads.start(name, contextClassLoader, task);
        }
    }

    private void runPooled(String name, ClassLoader contextClassLoader, Runnable task) {
        Thread thread = Thread.currentThread();
        try {
            prepare(thread, name, contextClassLoader);
            task.run();
        } finally {
            thread.setContextClassLoader(null); // a pooled thread keeps nobody's classes in memory
            thread.setName(idleName);
            BUSY.remove(thread);
        }
    }

    /** The task runs also where memory is short: nobody else would end what it was started for. */
    private static void prepare(Thread thread, String name, ClassLoader contextClassLoader) {
        thread.setContextClassLoader(contextClassLoader);
        try {
            BUSY.add(thread);
            thread.setName(name);
        } catch (OutOfMemoryError e) {
            // It has its old name, and may not be waited for.
        }
    }

    /**
     * Waits until no pooled thread of any instance runs a task with that context class loader.
     *
     * @return false when that takes longer, or the calling thread was interrupted
     */
    public static boolean awaitIdle(ClassLoader contextClassLoader, long nanos) {
        long begin = System.nanoTime();
        while (isAnyBusy(contextClassLoader)) {
            if (System.nanoTime() - begin >= nanos || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        return true;
    }

    private static boolean isAnyBusy(ClassLoader contextClassLoader) {
        for (Thread thread : BUSY) {
            if (thread.getContextClassLoader() == contextClassLoader) {
                return true;
            }
        }
        return false;
    }

    /** Lets idle threads end at once; no more tasks are to be started. */
    public void shutdown() {
        if (pool != null) {
            pool.shutdown();
        }
    }

    private static ThreadPoolExecutor newPool(long keepAliveMillis, ThreadFactory factory) {
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, keepAliveMillis, TimeUnit.MILLISECONDS, new SynchronousQueue<>(), factory);
    }

    private static Thread newThread(String idleName, Runnable task) {
        Thread thread = new Thread(null, task, idleName, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        return thread;
    }
}
