package com.example;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketHandler;

public final class EchoHandler implements WebSocketHandler {
    @Override
    public void handle(BlockingConnection connection) throws Exception {
        for (Message m; (m = connection.readMessage()) != null; ) { // null: the peer closed in the ordinary way
            connection.writeMessage(m.type(), m.payload());
        }
    }
}
