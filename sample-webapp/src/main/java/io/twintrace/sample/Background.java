package io.twintrace.sample;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The sample's own threads: made when needed, and gone a moment later, so that nothing is left after an undeployment. */
final class Background {
    private static final Executor EXECUTOR =
            new ThreadPoolExecutor(0, Integer.MAX_VALUE, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread thread = new Thread(task, "sample-writer");
                thread.setDaemon(true);
                return thread;
            });

    private Background() {}

    static Executor executor() {
        return EXECUTOR;
    }
}
