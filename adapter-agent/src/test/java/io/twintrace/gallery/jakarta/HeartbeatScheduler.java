package io.twintrace.gallery.jakarta;

import static io.twintrace.gallery.jakarta.Shares.PRICE;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import jakarta.websocket.Session;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** A scheduler sends a heartbeat to a session to which a feed writes. */
class HeartbeatScheduler extends Application<Session> {
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

    void pushPrices(Session session) {
        try (Write write = begin()) {
            session.getBasicRemote().sendText(PRICE);
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    void pushNews(Session session) {
        try (Write write = begin()) {
            session.getBasicRemote().sendText("alive");
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    /** The same with one lock. */
    static final class Repaired extends HeartbeatScheduler {
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
