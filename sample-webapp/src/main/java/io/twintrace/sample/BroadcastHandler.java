package io.twintrace.sample;

import io.twintrace.websocket.Message;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketHandler;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Sends every message to every connection, the sender's included. */
public final class BroadcastHandler implements WebSocketHandler {
    private final Map<WebSocketConnection, SerialWriter> writers = new ConcurrentHashMap<>();

    @Override
    public void handle(WebSocketConnection connection) throws Exception {
        writers.put(connection, new SerialWriter(connection, Background.executor()));
        try {
            for (Message message; (message = connection.readMessage()) != null; ) {
                PreparedMessage prepared = PreparedMessage.of(message.type(), message.payload());
                writers.values().forEach(writer -> writer.write(prepared));
            }
        } finally {
            writers.remove(connection);
        }
    }
}
