package io.twintrace.gallery.spring;

import static io.twintrace.gallery.spring.Shares.NEWS;
import static io.twintrace.gallery.spring.Shares.PRICE;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

/** A client that asks again gets a feed again. The first feed runs on. */
class SecondRegistration extends Application<WebSocketSession> {
    private static final int SEEN_BEFORE_THE_SECOND = 10;

    private final CountDownLatch begun = new CountDownLatch(SEEN_BEFORE_THE_SECOND);

    @Override
    public void start(WebSocketSession session) {
        repeat("registrations", () -> register(session));
    }

    private void register(WebSocketSession session) {
        Thread first = new Thread(() -> feed(session), "first-feed");
        first.setDaemon(true);
        first.start();
        try {
            begun.await();
            unregister(first);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        repeat(() -> pushNews(session));
    }

    private void feed(WebSocketSession session) {
        while (goesOn() && isRegistered()) {
            pushPrices(session);
            begun.countDown();
        }
    }

    boolean isRegistered() {
        return true;
    }

    void unregister(Thread feed) throws InterruptedException {}

    void pushPrices(WebSocketSession session) {
        try (Write write = begin()) {
            session.sendMessage(new TextMessage(PRICE));
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    void pushNews(WebSocketSession session) {
        try (Write write = begin()) {
            session.sendMessage(new TextMessage(NEWS));
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    /** The same with Spring's remedy. */
    static final class Repaired extends SecondRegistration {
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
