package io.twintrace.websocket.benchmarks.endtoend.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;

/** Jetty's own WebSocket API. Sending is asynchronous there, and any thread may send to a session. */
final class JettyNativeServer implements TestServer {
    /** As large as Twintrace's. Jetty's default is 4 KiB. */
    private static final int BUFFER_SIZE = 16 * 1024;

    private final Set<Session> connected = ConcurrentHashMap.newKeySet();

    /** Takes the message limit. */
    public static void main(String[] args) throws Exception {
        ServerProcess.run(args[0], new JettyNativeServer());
    }

    @Override
    public int start(int messageLimit) throws Exception {
        Server server = JettyConnector.newServer();
        return JettyConnector.start(
                server, WebSocketUpgradeHandler.from(server, container -> configure(container, messageLimit)));
    }

    private void configure(ServerWebSocketContainer container, int messageLimit) {
        container.setIdleTimeout(Duration.ofMinutes(IDLE_MINUTES));
        container.setMaxTextMessageSize(messageLimit);
        container.setMaxBinaryMessageSize(messageLimit);
        container.setMaxFrameSize(messageLimit); // else Jetty sends large messages in fragments
        container.setInputBufferSize(BUFFER_SIZE);
        container.setOutputBufferSize(BUFFER_SIZE);
        container.addMapping("/echo", (request, response, callback) -> new Echo());
        container.addMapping("/broadcast", (request, response, callback) -> new Broadcast(connected));
    }

    private abstract static class Quiet extends Session.Listener.AbstractAutoDemanding {
        /** Prevents log output for clients that have disconnected. */
        @Override
        public void onWebSocketError(Throwable cause) {
            if (!(cause instanceof IOException)) {
                cause.printStackTrace();
            }
        }
    }

    /** Public, since Jetty calls it through method handles. */
    public static final class Echo extends Quiet {
        @Override
        public void onWebSocketText(String message) {
            getSession().sendText(message, Callback.NOOP);
        }

        @Override
        public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
            getSession().sendBinary(payload, callback);
        }
    }

    /** Each session encodes the text anew, since Jetty's API has no prepared messages. */
    public static final class Broadcast extends Quiet {
        private final Set<Session> connected;

        Broadcast(Set<Session> connected) {
            this.connected = connected;
        }

        @Override
        public void onWebSocketOpen(Session session) {
            super.onWebSocketOpen(session);
            connected.add(session);
        }

        @Override
        public void onWebSocketText(String message) {
            connected.forEach(each -> each.sendText(message, Callback.NOOP));
        }

        @Override
        public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
            ByteBuffer copy =
                    ByteBuffer.allocate(payload.remaining()).put(payload).flip();
            connected.forEach(each -> each.sendBinary(copy.slice(), Callback.NOOP));
            callback.succeed();
        }

        @Override
        public void onWebSocketClose(int statusCode, String reason, Callback callback) {
            connected.remove(getSession());
            callback.succeed();
        }
    }
}
