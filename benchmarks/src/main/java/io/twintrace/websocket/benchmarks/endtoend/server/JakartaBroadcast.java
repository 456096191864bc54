package io.twintrace.websocket.benchmarks.endtoend.server;

import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** For any Jakarta WebSocket container. Each session encodes a message anew: the API has no prepared ones. */
@ServerEndpoint("/broadcast")
public final class JakartaBroadcast {
    /** Static, since each connection has its own instance of this class. */
    private static final Set<Session> CONNECTED = ConcurrentHashMap.newKeySet();

    @OnOpen
    public void onOpen(Session session) {
        CONNECTED.add(session);
    }

    @OnClose
    public void onClose(Session session) {
        CONNECTED.remove(session);
    }

    @OnMessage
    public void onText(String message, Session sender) {
        CONNECTED.forEach(each -> send(each, () -> each.getBasicRemote().sendText(message)));
    }

    @OnMessage
    public void onBinary(ByteBuffer message, Session sender) {
        CONNECTED.forEach(each -> send(each, () -> each.getBasicRemote().sendBinary(message.slice())));
    }

    /** Prevents log output for clients that have disconnected. */
    @OnError
    public void onError(Throwable error) {
        if (!(error instanceof IOException)) {
            error.printStackTrace();
        }
    }

    /** Holds a lock, because two messages may be broadcast at once, and Tomcat fails the second one of a session. */
    private static void send(Session session, Sending sending) {
        synchronized (session) {
            try {
                sending.send();
            } catch (IOException e) {
                CONNECTED.remove(session); // the client has disconnected; onClose handles that
            }
        }
    }

    private interface Sending {
        void send() throws IOException;
    }
}
