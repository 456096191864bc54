package io.twintrace.gallery.spring;

import static io.twintrace.gallery.spring.Shares.PRICE;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

/** A scheduler sends a heartbeat to a session to which a feed writes. */
class HeartbeatScheduler extends Application<WebSocketSession> {
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "heartbeat");
        thread.setDaemon(true);
        return thread;
    });

    @Override
    public void start(WebSocketSession session) {
        Future<?> unused = scheduler.scheduleAtFixedRate(() -> beat(session), 0, 100, TimeUnit.MICROSECONDS);
        repeat("prices", () -> pushPrices(session));
    }

    private void beat(WebSocketSession session) {
        if (goesOn()) {
            pushNews(session);
        } else {
            scheduler.shutdown();
        }
    }

    void pushPrices(WebSocketSession session) {
        try (Write write = begin()) {
            session.sendMessage(new TextMessage(PRICE));
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    void pushNews(WebSocketSession session) {
        try (Write write = begin()) {
            session.sendMessage(new TextMessage("alive"));
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    /** The same with Spring's remedy. */
    static final class Repaired extends HeartbeatScheduler {
        @Override
        public void start(WebSocketSession session) {
            super.start(Shares.decorated(session));
        }

        @Override
        protected Write begin() {
            return beginShared();
        }
    }
}
