package io.twintrace.gallery.spring;

import static io.twintrace.gallery.spring.Shares.NEWS;
import static io.twintrace.gallery.spring.Shares.PRICE;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

/** Each client's request is passed on to all who listen, by the threads of the container that serve the requests. */
class RequestBroadcast extends Application<WebSocketSession> {
    private final Set<WebSocketSession> members = ConcurrentHashMap.newKeySet();
    private int requests;

    @Override
    public int clients() {
        return 2;
    }

    @Override
    public void start(WebSocketSession session) {
        if (isFirst()) {
            members.add(session); // the other one only asks
            repeat(() -> members.forEach(this::pushPrices));
        } else {
            repeat(() -> members.forEach(this::pushNews));
        }
    }

    private synchronized boolean isFirst() {
        return ++requests == 1;
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
    static final class Repaired extends RequestBroadcast {
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
