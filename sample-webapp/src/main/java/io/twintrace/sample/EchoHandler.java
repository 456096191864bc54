package io.twintrace.sample;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketHandler;

/** Sends every message back. */
public final class EchoHandler implements WebSocketHandler {
    @Override
    public void handle(BlockingConnection connection) throws Exception {
        for (Message message; (message = connection.readMessage()) != null; ) {
            connection.writeMessage(message.type(), message.payload());
        }
    }
}
