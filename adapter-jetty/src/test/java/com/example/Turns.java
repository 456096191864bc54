package com.example;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketHandler;
import java.io.IOException;

/** Two threads that take turns through the peer: one makes a move, the other one confirms the peer's answer. */
public class Turns implements WebSocketHandler {
    @Override
    public void handle(BlockingConnection connection) throws Exception {
        new Thread(() -> move(connection), "mover").start();
        while (connection.readMessage() != null) {
            connection.writeMessage("confirmed");
        }
    }

    private static void move(WebSocketConnection connection) {
        try {
            connection.writeMessage(MessageType.BINARY, new byte[16 << 20]); // takes long, so that the peer is quicker
        } catch (IOException e) {
            // The peer has gone.
        }
    }
}
