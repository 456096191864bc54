package io.twintrace.websocket.internal.io;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs each task that may block on a thread of its own: a virtual thread on JDK 21 or later, else a pooled one. The
 * number of threads is not limited. They inherit nothing from the thread that starts the first task, such as the user
 * of its request. Safe for use by any thread. Public only because the packages of this library share it.
 */
public final class TaskThreads {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** The pooled threads of all instances that run a task at the moment. */
    private static final Set<Thread> BUSY = ConcurrentHashMap.newKeySet();

    private final String idleName;

    /** Null if threads are virtual. */
    private final ThreadPoolExecutor pool;

    /**
     * @param idleName the name of threads that wait for a task
     * @param keepAliveMillis how long they wait
     */
    public TaskThreads(String idleName, long keepAliveMillis) {
        this.idleName = idleName;
        this.pool = VirtualThreads.exist() ? null : newPool(keepAliveMillis, task -> newThread(idleName, task));
    }

    /** Creates pooled threads with a factory, even where the platform has virtual threads. */
    public TaskThreads(String idleName, long keepAliveMillis, ThreadFactory factory) {
        this.idleName = idleName;
        this.pool = newPool(keepAliveMillis, factory);
    }

    /**
     * Runs a task on a thread of its own. The thread has this name and context class loader while the task runs.
     *
     * @throws OutOfMemoryError also if the system has no more threads
     */
    public void start(String name, ClassLoader contextClassLoader, Runnable task) {
        StackProbe.probe(); // a stack overflow inside the executor would damage it for all connections
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
            thread.setContextClassLoader(null); // an idle thread must not keep an application's classes in memory
            thread.setName(idleName);
            BUSY.remove(thread);
        }
    }

    /** Tolerates a lack of memory: the task has to run, because nothing else ends what it was started for. */
    private static void prepare(Thread thread, String name, ClassLoader contextClassLoader) {
        thread.setContextClassLoader(contextClassLoader);
        try {
            BUSY.add(thread);
            thread.setName(name);
        } catch (OutOfMemoryError e) {
            // The thread keeps its old name, and awaitIdle may not see it.
        }
    }

    /**
     * Waits until no pooled thread of any instance runs a task with this context class loader.
     *
     * @return false if the time is over or the calling thread is interrupted
     */
    public static boolean awaitIdle(ClassLoader contextClassLoader, long nanos) {
        long begin = System.nanoTime();
        while (isAnyBusy(contextClassLoader)) {
            if (System.nanoTime() - begin >= nanos || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
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

    /** Ends idle threads at once. Start no more tasks after this. */
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
