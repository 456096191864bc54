package io.twintrace.gallery.jakarta;

import static io.twintrace.gallery.jakarta.Shares.NEWS;
import static io.twintrace.gallery.jakarta.Shares.PRICE;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import jakarta.websocket.Session;
import java.io.IOException;
import java.io.Writer;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** A job streams a report as one message, and a reply is sent meanwhile. */
class ReplyDuringJob extends Application<Session> {
    private static final int ROWS = 5;

    /** How long it takes to find an answer. */
    private static final int ANSWERING_NANOS = 20_000;

    @Override
    public void start(Session session) {
        repeat("job", () -> pushPrices(session));
        repeat("replies", () -> pushNews(session));
    }

    void pushPrices(Session session) {
        try (Write write = begin(ROWS);
                Writer report = session.getBasicRemote().getSendWriter()) {
            for (int row = 0; row < ROWS; row++) {
                report.write(PRICE);
            }
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    void pushNews(Session session) {
        LockSupport.parkNanos(ANSWERING_NANOS);
        try (Write write = begin()) {
            session.getBasicRemote().sendText(NEWS);
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    /** The same with one lock. */
    static final class Repaired extends ReplyDuringJob {
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
