package io.twintrace.websocket.jetty;

import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends every message back, and counts its open connections. */
public class EchoListener implements WebSocketListener {
    private final AtomicInteger open = new AtomicInteger();

    /** The same, but declares that it never blocks. */
    public static class NonBlocking extends EchoListener {
        @Override
        public boolean isNonBlocking() {
            return true;
        }
    }

    /** A listener of either kind. */
    static EchoListener of(boolean nonBlocking) {
        return nonBlocking ? new NonBlocking() : new EchoListener();
    }

    int open() {
        return open.get();
    }

    @Override
    public void onOpen(WebSocketConnection connection) {
        open.incrementAndGet();
    }

    @Override
    public void onMessage(WebSocketConnection connection, MessageView message) throws Exception {
        connection.writeMessage(message);
    }

    @Override
    public void onClose(WebSocketConnection connection, CloseStatus status) {
        open.decrementAndGet();
    }
}
