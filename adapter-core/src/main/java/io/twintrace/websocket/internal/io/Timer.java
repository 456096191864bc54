package io.twintrace.websocket.internal.io;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Holds the library's timer thread, for tasks that return at once. The thread ends soon after its last task is done or
 * canceled, so that it does not keep the classes of an undeployed application in memory.
 */
final class Timer {
    private static final long KEEP_ALIVE_MILLIS = 500;

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
            Thread thread = new Thread(null, task, "websocket-timer", 0, false); // inherits nothing of a request
            thread.setDaemon(true);
            thread.setContextClassLoader(null);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true); // else a canceled task keeps its connection in memory for minutes
        executor.setKeepAliveTime(KEEP_ALIVE_MILLIS, TimeUnit.MILLISECONDS);
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }
}
