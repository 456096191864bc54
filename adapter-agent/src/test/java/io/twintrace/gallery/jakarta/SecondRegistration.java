package io.twintrace.gallery.jakarta;

import static io.twintrace.gallery.jakarta.Shares.NEWS;
import static io.twintrace.gallery.jakarta.Shares.PRICE;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import jakarta.websocket.Session;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** A client that asks again gets a feed again. The first feed runs on. */
class SecondRegistration extends Application<Session> {
    private static final int SEEN_BEFORE_THE_SECOND = 10;

    private final CountDownLatch begun = new CountDownLatch(SEEN_BEFORE_THE_SECOND);

    @Override
    public void start(Session session) {
        repeat("registrations", () -> register(session));
    }

    private void register(Session session) {
        Thread first = new Thread(() -> feed(session), "first-feed");
        first.setDaemon(true);
        first.start();
        try {
            begun.await();
            unregister(first);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        repeat(() -> pushNews(session));
    }

    private void feed(Session session) {
        while (goesOn() && isRegistered()) {
            pushPrices(session);
            begun.countDown();
        }
    }

    boolean isRegistered() {
        return true;
    }

    void unregister(Thread feed) throws InterruptedException {}

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

    /** The same with the first feed ended before the second begins. */
    static final class Repaired extends SecondRegistration {
        private volatile boolean unregistered;

        @Override
        boolean isRegistered() {
            return !unregistered;
        }

        @Override
        void unregister(Thread feed) throws InterruptedException {
            unregistered = true;
            feed.join();
        }
    }
}
