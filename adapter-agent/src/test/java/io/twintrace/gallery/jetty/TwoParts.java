package io.twintrace.gallery.jetty;

import io.twintrace.gallery.Tally.Write;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** Two threads send each message in two parts. Jetty joins what they send into one message. */
class TwoParts extends JettyApplication {
    private static final int PARTS = 2;

    @Override
    void pushPrices(Session session) {
        try (Write write = begin(PARTS)) {
            for (int part = 1; part <= PARTS; part++) {
                Callback.Completable sent = new Callback.Completable();
                session.sendPartialText(PRICE, part == PARTS, sent);
                sent.join();
            }
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    @Override
    void pushNews(Session session) {
        try (Write write = begin(PARTS)) {
            for (int part = 1; part <= PARTS; part++) {
                Callback.Completable sent = new Callback.Completable();
                session.sendPartialText(NEWS, part == PARTS, sent);
                sent.join();
            }
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    /** The same with one lock. */
    static final class Repaired extends TwoParts {
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
