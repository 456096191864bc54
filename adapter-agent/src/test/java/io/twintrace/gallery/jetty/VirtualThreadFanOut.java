package io.twintrace.gallery.jetty;

import io.twintrace.gallery.Tally.Write;
import io.twintrace.gallery.VirtualThreads;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** Virtual threads cost nothing, so each message has its own, where the JDK has them. */
class VirtualThreadFanOut extends JettyApplication {
    private static final int MESSAGES = 20;

    @Override
    public void start(Session session) {
        repeat("fan-out", () -> fanOut(session));
    }

    private void fanOut(Session session) {
        Thread prices = VirtualThreads.start(() -> times(() -> pushPrices(session)));
        Thread news = VirtualThreads.start(() -> times(() -> pushNews(session)));
        try {
            prices.join();
            news.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void times(Runnable push) {
        for (int i = 0; i < MESSAGES; i++) {
            push.run();
        }
    }

    @Override
    void pushPrices(Session session) {
        try (Write write = begin(ROWS)) {
            for (int row = 1; row <= ROWS; row++) {
                LockSupport.parkNanos(FETCHING_NANOS);
                Callback.Completable sent = new Callback.Completable();
                session.sendPartialText(PRICE, row == ROWS, sent);
                sent.join();
            }
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    @Override
    void pushNews(Session session) {
        try (Write write = begin()) {
            Callback.Completable sent = new Callback.Completable();
            session.sendText(NEWS, sent);
            sent.join();
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    /** The same with one lock around whole messages. */
    static final class Repaired extends VirtualThreadFanOut {
        private final ReentrantLock writing = new ReentrantLock();

        @Override
        void pushPrices(Session session) {
            writing.lock();
            try {
                super.pushPrices(session);
            } finally {
                writing.unlock();
            }
        }

        @Override
        void pushNews(Session session) {
            writing.lock();
            try {
                super.pushNews(session);
            } finally {
                writing.unlock();
            }
        }
    }
}
