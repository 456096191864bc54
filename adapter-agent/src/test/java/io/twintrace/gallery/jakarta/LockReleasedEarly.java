package io.twintrace.gallery.jakarta;

import static io.twintrace.gallery.jakarta.Shares.NEWS;
import static io.twintrace.gallery.jakarta.Shares.PRICE;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import jakarta.websocket.Session;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** The lock is held for each piece of a message, but not while the next is fetched, so that nobody waits long. */
class LockReleasedEarly extends Application<Session> {
    private static final int ROWS = 3;

    /** How long it takes to fetch a row from a database. */
    private static final int FETCHING_NANOS = 20_000;

    private final ReentrantLock writing = new ReentrantLock();

    @Override
    public void start(Session session) {
        repeat("report", () -> pushPrices(session));
        repeat("news", () -> pushNews(session));
    }

    void pushPrices(Session session) {
        try (Write write = begin(ROWS)) {
            for (int row = 1; row <= ROWS; row++) {
                LockSupport.parkNanos(FETCHING_NANOS);
                writing.lock();
                try {
                    session.getBasicRemote().sendText(PRICE, row == ROWS);
                } finally {
                    writing.unlock();
                }
            }
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    private void pushNews(Session session) {
        writing.lock();
        try (Write write = begin()) {
            session.getBasicRemote().sendText(NEWS);
        } catch (IOException | RuntimeException e) {
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
