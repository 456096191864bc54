package io.twintrace.websocket.servlet;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes threads of which only some can be started, as where the system's limit is reached. */
final class ScarceThreads implements ThreadFactory {
    private final AtomicInteger left;

    ScarceThreads(int most) {
        left = new AtomicInteger(most);
    }

    /** So many more can be started. */
    void more(int threads) {
        left.set(threads);
    }

    @Override
    public Thread newThread(Runnable task) {
        Thread thread = new Thread(task) {
            @Override
            public synchronized void start() {
                if (left.getAndDecrement() <= 0) {
                    throw new OutOfMemoryError("unable to create native thread");
                }
                super.start();
            }
        };
        thread.setDaemon(true);
        return thread;
    }
}
