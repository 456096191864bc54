package io.twintrace.gallery.spring;

import static io.twintrace.gallery.spring.Shares.NEWS;
import static io.twintrace.gallery.spring.Shares.PRICE;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import java.io.IOException;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

/** Spring's decorator has a lock and a queue, so writing seems safe. But it is made anew for each message. */
class LockPerWrapper extends Application<WebSocketSession> {
    @Override
    public void start(WebSocketSession session) {
        repeat("prices", () -> pushPrices(session));
        repeat("news", () -> pushNews(session));
    }

    WebSocketSession safe(WebSocketSession session) {
        return Shares.decorated(session);
    }

    private void pushPrices(WebSocketSession session) {
        try (Write write = begin()) {
            safe(session).sendMessage(new TextMessage(PRICE));
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    private void pushNews(WebSocketSession session) {
        try (Write write = begin()) {
            safe(session).sendMessage(new TextMessage(NEWS));
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    /** The same with one decorator for each session. */
    static final class Repaired extends LockPerWrapper {
        @Override
        WebSocketSession safe(WebSocketSession session) {
            return (WebSocketSession) session.getAttributes().computeIfAbsent("decorated", name -> super.safe(session));
        }

        @Override
        protected Write begin() {
            return beginShared();
        }
    }
}
