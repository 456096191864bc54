package io.twintrace.gallery.jetty;

import io.twintrace.gallery.Tally.Write;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** A job sends a report in parts, and a reply is sent meanwhile. */
class ReplyDuringJob extends JettyApplication {
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
        LockSupport.parkNanos(FETCHING_NANOS);
        try (Write write = begin()) {
            Callback.Completable sent = new Callback.Completable();
            session.sendText(NEWS, sent);
            sent.join();
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    /** The same with whole messages only. Jetty queues those of any number of threads. */
    static final class Repaired extends ReplyDuringJob {
        @Override
        void pushPrices(Session session) {
            try (Write write = begin()) {
                Callback.Completable sent = new Callback.Completable();
                session.sendText(PRICE.repeat(ROWS), sent);
                sent.join();
            } catch (RuntimeException e) {
                failed(e);
            }
        }

        @Override
        protected Write begin() {
            return beginShared();
        }
    }
}
