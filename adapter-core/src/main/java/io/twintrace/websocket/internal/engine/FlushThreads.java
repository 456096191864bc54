package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.io.TaskThreads;

/** Threads that wait for slow peers in place of those that must not wait: readers and the timer. */
final class FlushThreads {
    /** Short, since the threads keep an application's classes in memory that may be gone. */
    private static final long KEEP_ALIVE_MILLIS = 500;

    private static final TaskThreads THREADS = new TaskThreads("websocket-flush-idle", KEEP_ALIVE_MILLIS);

    private FlushThreads() {}

    /** @throws OutOfMemoryError if no thread can be had */
    static void start(Runnable flush) {
        THREADS.start("websocket-flush", null, flush);
    }
}
