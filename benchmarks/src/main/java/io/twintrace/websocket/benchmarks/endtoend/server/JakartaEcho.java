package io.twintrace.websocket.benchmarks.endtoend.server;

import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An endpoint for any Jakarta WebSocket container. */
@ServerEndpoint("/echo")
public final class JakartaEcho {
    @OnMessage
    public void onText(String message, Session session) throws IOException {
        session.getBasicRemote().sendText(message);
    }

    @OnMessage
    public void onBinary(ByteBuffer message, Session session) throws IOException {
        session.getBasicRemote().sendBinary(message);
    }

    /** Prevents log output for clients that have disconnected. */
    @OnError
    public void onError(Throwable error) {
        if (!(error instanceof IOException)) {
            error.printStackTrace();
        }
    }
}
