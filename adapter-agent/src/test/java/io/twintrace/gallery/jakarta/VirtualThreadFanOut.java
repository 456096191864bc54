package io.twintrace.gallery.jakarta;

import static io.twintrace.gallery.jakarta.Shares.NEWS;
import static io.twintrace.gallery.jakarta.Shares.PRICE;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import io.twintrace.gallery.VirtualThreads;
import jakarta.websocket.Session;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/** Virtual threads cost nothing, so each message has its own, where the JDK has them. */
class VirtualThreadFanOut extends Application<Session> {
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

    void pushPrices(Session session) {
        try (Write write = begin()) {
            session.getBasicRemote().sendText(PRICE);
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    void pushNews(Session session) {
        try (Write write = begin()) {
            session.getBasicRemote().sendText(NEWS);
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    /** The same with one lock. */
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
