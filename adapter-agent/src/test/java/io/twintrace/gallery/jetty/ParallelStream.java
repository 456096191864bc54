package io.twintrace.gallery.jetty;

import io.twintrace.gallery.Tally.Write;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** Two parts of a page take long to calculate, and a parallel stream halves the time. */
class ParallelStream extends JettyApplication {
    private static final int MESSAGES = 20;

    @Override
    public void start(Session session) {
        repeat("pages", () -> show(session));
    }

    void show(Session session) {
        List<Runnable> parts = List.of(() -> pushPrices(session), () -> pushNews(session));
        parts.parallelStream().forEach(Runnable::run);
    }

    @Override
    void pushPrices(Session session) {
        for (int message = 0; message < MESSAGES; message++) {
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
    }

    @Override
    void pushNews(Session session) {
        for (int message = 0; message < MESSAGES; message++) {
            try (Write write = begin()) {
                Callback.Completable sent = new Callback.Completable();
                session.sendText(NEWS, sent);
                sent.join();
            } catch (RuntimeException e) {
                failed(e);
            }
        }
    }

    /** The same with only the calculation in parallel. */
    static final class Repaired extends ParallelStream {
        @Override
        void show(Session session) {
            List<Runnable> calculated = Stream.<Runnable>of(() -> pushPrices(session), () -> pushNews(session))
                    .parallel()
                    .toList();
            calculated.forEach(Runnable::run);
        }
    }
}
