package io.twintrace.websocket.internal.io;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one thread that keeps time, for tasks that take none. It ends soon after the last task is done or given up, so
 * that it does not keep an application's classes in memory that is gone.
 */
final class Timer {
    private static final long KEEP_ALIVE_MILLIS = 500;

    private static final ScheduledThreadPoolExecutor EXECUTOR = newExecutor();

    private Timer() {}

    /**
     * For one task.
     *
     * @throws StackOverflowError while the executor is whole, instead of in the middle of it
     */
    static ScheduledThreadPoolExecutor executor() {
        StackProbe.probe();
        return EXECUTOR;
    }

    private static ScheduledThreadPoolExecutor newExecutor() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(null, task, "websocket-timer", 0, false); // nothing of the first request's
            thread.setDaemon(true);
            thread.setContextClassLoader(null);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true); // what waits for minutes would keep a connection in memory that is gone
        executor.setKeepAliveTime(KEEP_ALIVE_MILLIS, TimeUnit.MILLISECONDS);
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }
}
