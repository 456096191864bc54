package io.twintrace.gallery.jetty;

import io.twintrace.gallery.Tally.Write;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** A client that asks again gets a feed again. The first feed, which sends in parts, runs on. */
class SecondRegistration extends JettyApplication {
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
