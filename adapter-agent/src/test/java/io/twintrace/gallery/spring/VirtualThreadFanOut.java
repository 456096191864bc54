package io.twintrace.gallery.spring;

import static io.twintrace.gallery.spring.Shares.NEWS;
import static io.twintrace.gallery.spring.Shares.PRICE;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import io.twintrace.gallery.VirtualThreads;
import java.io.IOException;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

/** Virtual threads cost nothing, so each message has its own, where the JDK has them. */
class VirtualThreadFanOut extends Application<WebSocketSession> {
    private static final int MESSAGES = 20;

    @Override
    public void start(WebSocketSession session) {
        repeat("fan-out", () -> fanOut(session));
    }

    private void fanOut(WebSocketSession session) {
        Thread prices = VirtualThreads.start(() -> times(() -> pushPrices(session)));
        Thread news = VirtualThreads.start(() -> times(() -> pushNews(session)));
        try {
            prices.join();
            news.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void times(Runnable push) {
        for (int i = 0; i < MESSAGES; i++) {
            push.run();
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
            session.sendMessage(new TextMessage(NEWS));
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    /** The same with Spring's remedy. */
    static final class Repaired extends VirtualThreadFanOut {
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
