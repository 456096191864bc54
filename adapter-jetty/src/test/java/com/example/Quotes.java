package com.example;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketHandler;
import java.io.IOException;

/** Answers on the handler's thread, while another thread sends a beat now and then. */
public class Quotes implements WebSocketHandler {
    @Override
    public void handle(BlockingConnection connection) throws Exception {
        new Thread(() -> beat(connection), "heartbeat").start();
        for (Message m; (m = connection.readMessage()) != null; ) {
            answer(connection, m.text());
        }
    }

    protected void answer(WebSocketConnection connection, String symbol) throws IOException {
        connection.writeMessage(symbol + " 42");
    }

    protected void beat(WebSocketConnection connection) {
        try {
            while (connection.isOpen()) {
                Thread.sleep(20);
                connection.writeMessage("beat");
            }
        } catch (IOException | InterruptedException e) {
            // The peer has gone.
        }
    }
}
