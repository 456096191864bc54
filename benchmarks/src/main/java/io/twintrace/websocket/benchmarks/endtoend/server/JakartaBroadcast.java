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

/** For any container of Jakarta WebSocket. Each session encodes a message anew: the API knows no prepared one. */
@ServerEndpoint("/broadcast")
public final class JakartaBroadcast {
    /** Static, since there is an object of this class for each connection. */
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

    /** Here only so that a client which has gone makes no noise. */
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
                CONNECTED.remove(session); // it has gone; its end is told of elsewhere
            }
        }
    }

    private interface Sending {
        void send() throws IOException;
    }
}
