package io.twintrace.websocket.benchmarks.endtoend.server;

import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Offers every message to all connections, its sender included. Builds the frame once. */
final class BroadcastListener implements WebSocketListener {
    private final Set<WebSocketConnection> connected = ConcurrentHashMap.newKeySet();

    @Override
    public boolean isNonBlocking() {
        return true;
    }

    @Override
    public void onOpen(WebSocketConnection connection) {
        connected.add(connection);
    }

    @Override
    public void onMessage(WebSocketConnection connection, MessageView message) {
        PreparedMessage prepared = PreparedMessage.of(message);
        connected.forEach(each -> each.outbox().offer(prepared));
    }

    @Override
    public void onClose(WebSocketConnection connection, CloseStatus status) {
        connected.remove(connection);
    }
}
