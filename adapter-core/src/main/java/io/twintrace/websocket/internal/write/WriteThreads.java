package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.internal.io.DeadlineTimer;
import io.twintrace.websocket.internal.io.TaskThreads;

/** Runs tasks that write, report or call the application, in place of threads that must not wait, such as the timer's. */
public final class WriteThreads {
    /** Short, because idle threads keep an application's classes in memory after the application is gone. */
    private static final long KEEP_ALIVE_MILLIS = 500;

    private static final TaskThreads THREADS = new TaskThreads("websocket-write-idle", KEEP_ALIVE_MILLIS);

    private WriteThreads() {}

    /**
     * Runs a task on a thread of its own.
     *
     * @throws OutOfMemoryError also if the system has no thread
     */
    public static void start(Runnable task) {
        THREADS.start("websocket-write", null, task);
    }

    /**
     * Runs code of the application on a thread of its own, with the calling thread's context class loader.
     *
     * @throws OutOfMemoryError also if the system has no thread
     */
    public static void startForApplication(Runnable task) {
        THREADS.start("websocket-write", Thread.currentThread().getContextClassLoader(), task);
    }

    /** Starts a task, later if the system has no thread now. */
    public static void startAtLast(Runnable task) {
        try {
            start(task);
        } catch (OutOfMemoryError e) {
            DeadlineTimer.again(() -> startAtLast(task));
        }
    }
}
