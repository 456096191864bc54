package io.twintrace.gallery.spring;

import static io.twintrace.gallery.spring.Shares.NEWS;
import static io.twintrace.gallery.spring.Shares.PRICE;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import java.io.IOException;
import java.util.List;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

/** Two parts of a page take long to calculate, and a parallel stream halves the time. */
class ParallelStream extends Application<WebSocketSession> {
    private static final int ROWS = 20;

    @Override
    public void start(WebSocketSession session) {
        repeat("pages", () -> show(session));
    }

    void show(WebSocketSession session) {
        List<Runnable> parts = List.of(() -> pushPrices(session), () -> pushNews(session));
        parts.parallelStream().forEach(Runnable::run);
    }

    void pushPrices(WebSocketSession session) {
        for (int row = 0; row < ROWS; row++) {
            try (Write write = begin()) {
                session.sendMessage(new TextMessage(PRICE));
            } catch (IOException | RuntimeException e) {
                failed(e);
            }
        }
    }

    void pushNews(WebSocketSession session) {
        for (int row = 0; row < ROWS; row++) {
            try (Write write = begin()) {
                session.sendMessage(new TextMessage(NEWS));
            } catch (IOException | RuntimeException e) {
                failed(e);
            }
        }
    }

    /** The same with Spring's remedy. */
    static final class Repaired extends ParallelStream {
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
