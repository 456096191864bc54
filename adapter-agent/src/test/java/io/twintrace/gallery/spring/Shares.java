package io.twintrace.gallery.spring;

import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.ConcurrentWebSocketSessionDecorator;

/** What the applications send. */
final class Shares {
    static final String PRICE = "ACME 42.17";
    static final String NEWS = "ACME buys Ajax";

    private static final int PATIENCE_MILLIS = 60_000;
    private static final int BUFFER_BYTES = 64 << 20;

    private Shares() {}

    /** Returns Spring's remedy for concurrent writes, with room for all that an application sends. */
    static WebSocketSession decorated(WebSocketSession session) {
        return new ConcurrentWebSocketSessionDecorator(session, PATIENCE_MILLIS, BUFFER_BYTES);
    }
}
