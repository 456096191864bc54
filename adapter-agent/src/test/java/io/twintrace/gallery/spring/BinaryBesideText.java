package io.twintrace.gallery.spring;

import static io.twintrace.gallery.spring.Shares.NEWS;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import java.io.IOException;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

/** Prices are sent as binary messages by one thread, and news as texts by another. */
class BinaryBesideText extends Application<WebSocketSession> {
    @Override
    public void start(WebSocketSession session) {
        repeat("prices", () -> pushPrices(session));
        repeat("news", () -> pushNews(session));
    }

    void pushPrices(WebSocketSession session) {
        try (Write write = begin()) {
            session.sendMessage(new BinaryMessage(new byte[] {42, 17}));
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
    static final class Repaired extends BinaryBesideText {
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
