package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import io.twintrace.websocket.internal.io.PushTransport;
import io.twintrace.websocket.internal.io.Transport;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Makes connections over sockets whose opening handshake is done. Safe for any thread. */
public final class ConnectionFactory {
    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket");

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final Shared shared;
    private final ConcurrentWriteListener conflictLog;
    private final Consumer<String> warnings;

    /**
     * Logs to the {@link System.Logger} "io.twintrace.websocket".
     *
     * @param options limits and timeouts; the caller declares their write discipline
     */
    public ConnectionFactory(WebSocketOptions options) {
        this(
                options,
                report -> LOGGER.log(Level.ERROR, report.logMessage(), report.asThrowable()),
                text -> LOGGER.log(Level.WARNING, text));
    }

    /**
     * Logs elsewhere.
     *
     * @param conflictLog logs conflicts
     * @param warnings logs the rest, on threads of the application
     */
    public ConnectionFactory(WebSocketOptions options, ConcurrentWriteListener conflictLog, Consumer<String> warnings) {
        this.shared = Shared.of(options);
        this.conflictLog = conflictLog;
        this.warnings = warnings;
    }

    /**
     * Makes a connection that a handler reads. The caller must close it, so that everything it holds is given back.
     *
     * @param transport owned by the connection from now on
     * @param handshake what was answered to the request
     */
    public BlockingConnection open(Transport transport, HandshakeRequest request, Accepted handshake) {
        ConnectionParts parts = parts(transport, request, handshake);
        return new HandlerConnection(request, handshake, parts, parts.blocking(warnings));
    }

    /**
     * Makes a connection that calls a listener. The first call is made before this returns, or soon after.
     *
     * @param transport owned by the connection from now on
     * @param threads what the connection may use of them
     * @param prepare what is to be done to the connection before the first call
     * @param onClosed called once, after the listener's last call, when everything is given back; not if this throws
     */
    public WebSocketConnection open(
            PushTransport transport,
            HandshakeRequest request,
            Accepted handshake,
            WebSocketListener listener,
            ListenerThreads threads,
            Consumer<WebSocketConnection> prepare,
            Consumer<WebSocketConnection> onClosed) {
        ConnectionParts parts = parts(transport, request, handshake);
        ListenerLoop loop = parts.listening(listener, threads);
        EngineConnection connection = new EngineConnection(request, handshake, parts, loop);
        boolean open = false;
        try {
            loop.open(connection, prepare, () -> {
                try {
                    connection.finish(false);
                } finally {
                    onClosed.accept(connection);
                }
            });
            open = true;
        } finally {
            if (!open) {
                connection.finish(false);
            }
        }
        return connection;
    }

    private ConnectionParts parts(Transport transport, HandshakeRequest request, Accepted handshake) {
        ConnectionId id = new ConnectionId(NUMBERS.incrementAndGet(), request.plainPath());
        return new ConnectionParts(id, transport, handshake.deflate(), shared, conflictLog);
    }
}
