package io.twintrace.sample;

import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Sends every message to every connection. The listener version of {@link BroadcastHandler}. */
public final class BroadcastListener implements WebSocketListener {
    private final Set<WebSocketConnection> connections = ConcurrentHashMap.newKeySet();

    @Override
    public boolean isNonBlocking() {
        return true;
    }

    @Override
    public void onOpen(WebSocketConnection connection) {
        connections.add(connection);
    }

    @Override
    public void onMessage(WebSocketConnection connection, MessageView message) {
        PreparedMessage prepared = PreparedMessage.of(message);
        connections.forEach(each -> each.outbox().offer(prepared));
    }

    @Override
    public void onClose(WebSocketConnection connection, CloseStatus status) {
        connections.remove(connection);
    }
}
