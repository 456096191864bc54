package io.twintrace.gallery.jakarta;

import static io.twintrace.gallery.jakarta.Shares.NEWS;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import jakarta.websocket.EncodeException;
import jakarta.websocket.Session;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/** Objects are sent with an encoder by one thread, and texts by another. */
class EncoderBesideText extends Application<Session> {
    @Override
    public void start(Session session) {
        repeat("prices", () -> pushPrices(session));
        repeat("news", () -> pushNews(session));
    }

    void pushPrices(Session session) {
        try (Write write = begin()) {
            session.getBasicRemote().sendObject(new Price("ACME", 4217));
        } catch (IOException | EncodeException | RuntimeException e) {
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
    static final class Repaired extends EncoderBesideText {
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
