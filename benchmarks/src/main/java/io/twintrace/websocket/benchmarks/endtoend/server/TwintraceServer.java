package io.twintrace.websocket.benchmarks.endtoend.server;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.OutboxOptions;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.jetty.JettyWebSockets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;

/** Twintrace, embedded in Jetty. */
final class TwintraceServer implements TestServer {
    /** The face of the library that serves the application. */
    private enum Face {
        /** A listener, called by the thread that has found the input. */
        PUSH {
            @Override
            void add(ServletContextHandler context, WebSocketOptions options) {
                JettyWebSockets.add(context, "/echo", new EchoListener(), options);
                JettyWebSockets.add(context, "/broadcast", new BroadcastListener(), options);
            }
        },
        /** A handler that reads and writes on a thread of its own, virtual if the JDK has such threads. */
        BLOCKING {
            @Override
            void add(ServletContextHandler context, WebSocketOptions options) {
                Set<WebSocketConnection> connected = ConcurrentHashMap.newKeySet();
                JettyWebSockets.add(context, "/echo", TwintraceServer::echo, options);
                JettyWebSockets.add(context, "/broadcast", each -> broadcast(each, connected), options);
            }
        };

        abstract void add(ServletContextHandler context, WebSocketOptions options);
    }

    private final Face face;

    private TwintraceServer(Face face) {
        this.face = face;
    }

    /** Takes the message limit and a face. */
    public static void main(String[] args) throws Exception {
        ServerProcess.run(args[0], new TwintraceServer(Face.valueOf(args[1])));
    }

    @Override
    public int start(int messageLimit) throws Exception {
        Server server = JettyConnector.newServer();
        ServletContextHandler context = new ServletContextHandler("/");
        WebSocketOptions options = WebSocketOptions.builder()
                .readLimit(messageLimit)
                .idleTimeout(Duration.ofMinutes(IDLE_MINUTES))
                .outbox(OutboxOptions.defaults().withMaxBytes(Math.max(1 << 20, 4 * messageLimit)))
                .deflate(DeflateOptions.on())
                .build();
        face.add(context, options);
        return JettyConnector.start(server, context);
    }

    private static void echo(BlockingConnection connection) throws Exception {
        for (Message message; (message = connection.readMessage()) != null; ) {
            connection.writeMessage(message.type(), message.payload());
        }
    }

    private static void broadcast(BlockingConnection connection, Set<WebSocketConnection> connected) throws Exception {
        connected.add(connection);
        try {
            for (Message message; (message = connection.readMessage()) != null; ) {
                PreparedMessage prepared = PreparedMessage.of(message.type(), message.payload());
                connected.forEach(each -> each.outbox().offer(prepared));
            }
        } finally {
            connected.remove(connection);
        }
    }
}
