package io.twintrace.sample;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketHandler;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Sends every message to every connection, including the sender. Closes a peer that reads too slowly. */
public final class BroadcastHandler implements WebSocketHandler {
    private final Set<WebSocketConnection> connections = ConcurrentHashMap.newKeySet();

    @Override
    public void handle(BlockingConnection connection) throws Exception {
        connections.add(connection);
        try {
            for (Message message; (message = connection.readMessage()) != null; ) {
                PreparedMessage prepared = PreparedMessage.of(message.type(), message.payload());
                connections.forEach(each -> each.outbox().offer(prepared));
            }
        } finally {
            connections.remove(connection);
        }
    }
}
