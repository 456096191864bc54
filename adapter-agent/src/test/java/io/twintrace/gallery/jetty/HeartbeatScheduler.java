package io.twintrace.gallery.jetty;

import io.twintrace.gallery.Tally.Write;
import java.nio.ByteBuffer;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** A scheduler sends a heartbeat as a text, beside a feed that sends in parts. */
class HeartbeatScheduler extends JettyApplication {
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "heartbeat");
        thread.setDaemon(true);
        return thread;
    });

    @Override
    public void start(Session session) {
        Future<?> unused = scheduler.scheduleAtFixedRate(() -> beat(session), 0, 100, TimeUnit.MICROSECONDS);
        repeat("prices", () -> pushPrices(session));
    }

    private void beat(Session session) {
        if (goesOn()) {
            pushNews(session);
        } else {
            scheduler.shutdown();
        }
    }

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

    /** The same with pings, which may come between the parts of a message. */
    static final class Repaired extends HeartbeatScheduler {
        @Override
        void pushNews(Session session) {
            try (Write write = beginShared()) {
                Callback.Completable sent = new Callback.Completable();
                session.sendPing(ByteBuffer.allocate(0), sent);
                sent.join();
            } catch (RuntimeException e) {
                failed(e);
            }
        }
    }
}
