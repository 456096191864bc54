package io.twintrace.websocket.servlet;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes only so many threads, as at the system's limit. */
final class ScarceThreads implements ThreadFactory {
    private final AtomicInteger left;

    ScarceThreads(int most) {
        left = new AtomicInteger(most);
    }

    /** How many more threads can be made. */
    void more(int threads) {
        left.set(threads);
    }

    @Override
    public Thread newThread(Runnable task) {
        if (left.getAndDecrement() <= 0) { // not in start, which an executor of JDK 21 does not call
            throw new OutOfMemoryError("unable to create native thread");
        }
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    }
}
