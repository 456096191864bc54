package io.twintrace.gallery.jetty;

import io.twintrace.gallery.Tally.Write;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** The lock is held for each part of a message, but not while the next is fetched, so that nobody waits long. */
class LockReleasedEarly extends JettyApplication {
    private final ReentrantLock writing = new ReentrantLock();

    @Override
    void pushPrices(Session session) {
        try (Write write = begin(ROWS)) {
            for (int row = 1; row <= ROWS; row++) {
                LockSupport.parkNanos(FETCHING_NANOS);
                writing.lock();
                try {
                    Callback.Completable sent = new Callback.Completable();
                    session.sendPartialText(PRICE, row == ROWS, sent);
                    sent.join();
                } finally {
                    writing.unlock();
                }
            }
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    @Override
    void pushNews(Session session) {
        writing.lock();
        try (Write write = begin()) {
            Callback.Completable sent = new Callback.Completable();
            session.sendText(NEWS, sent);
            sent.join();
        } catch (RuntimeException e) {
            failed(e);
        } finally {
            writing.unlock();
        }
    }

    /** The same with the lock held for the whole message. */
    static final class Repaired extends LockReleasedEarly {
        @Override
        void pushPrices(Session session) {
            super.writing.lock();
            try {
                super.pushPrices(session);
            } finally {
                super.writing.unlock();
            }
        }
    }
}
