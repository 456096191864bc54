package io.twintrace.websocket.internal.io;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Holds the library's timer thread, for tasks that return at once. The thread ends soon after its last task is done or
 * canceled, so that it does not keep the classes of an undeployed application in memory.
 */
final class Timer {
    private static final long KEEP_ALIVE_MILLIS = 500;

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final ScheduledThreadPoolExecutor EXECUTOR = newExecutor();

    private Timer() {}

    /**
     * Returns the executor, to schedule one task.
     *
     * @throws StackOverflowError here, before the call, and not inside the executor, where it would do damage
     */
    static ScheduledThreadPoolExecutor executor() {
        StackProbe.probe();
        return EXECUTOR;
    }

    private static ScheduledThreadPoolExecutor newExecutor() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread =
                    new Thread(null, () -> run(task), "websocket-timer", 0, false); // inherits nothing of a request
            thread.setDaemon(true);
            thread.setContextClassLoader(null);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true); // else a canceled task keeps its connection in memory for minutes
        executor.setKeepAliveTime(KEEP_ALIVE_MILLIS, TimeUnit.MILLISECONDS);
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /**
     * Runs a worker of the executor, and has the executor start another one if that fails. Without memory, the executor
     * loses its thread while it waits for the next task, and would get another one only with a new task.
     */
    private static void run(Runnable worker) {
        try {
            worker.run();
        } catch (Throwable e) {
            startAgain();
            throw e;
        }
    }

    private static void startAgain() {
        while (true) {
            try {
                boolean unused = EXECUTOR.prestartCoreThread(); // false if it has one
                return;
            } catch (OutOfMemoryError e) { // or the system has no thread
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }
}
