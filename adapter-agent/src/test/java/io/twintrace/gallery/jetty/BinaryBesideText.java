package io.twintrace.gallery.jetty;

import io.twintrace.gallery.Tally.Write;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** Prices are sent as parts of a text by one thread, and a picture as parts of binary data by another. */
class BinaryBesideText extends JettyApplication {
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
        try (Write write = begin(ROWS)) {
            for (int row = 1; row <= ROWS; row++) {
                LockSupport.parkNanos(FETCHING_NANOS);
                Callback.Completable sent = new Callback.Completable();
                session.sendPartialBinary(ByteBuffer.wrap(new byte[] {42, 17}), row == ROWS, sent);
                sent.join();
            }
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    /** The same with one lock around whole messages. */
    static final class Repaired extends BinaryBesideText {
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
