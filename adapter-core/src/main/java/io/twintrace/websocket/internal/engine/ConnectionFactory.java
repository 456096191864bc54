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

/** Creates connections over sockets whose opening handshake is done. Any thread may call these methods. */
public final class ConnectionFactory {
    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket");

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final Shared shared;
    private final ConcurrentWriteListener conflictLog;
    private final Consumer<String> warnings;
    private final RoundTrips roundTrips;

    /**
     * Creates a factory that logs to the {@link System.Logger} "io.twintrace.websocket".
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
     * Creates a factory that logs elsewhere.
     *
     * @param conflictLog logs conflicts
     * @param warnings logs the rest, on threads of the application
     */
    public ConnectionFactory(WebSocketOptions options, ConcurrentWriteListener conflictLog, Consumer<String> warnings) {
        this(options, conflictLog, warnings, new RoundTrips("", ""));
    }

    /**
     * Creates a factory that logs and counts elsewhere.
     *
     * @param conflictLog logs conflicts
     * @param warnings logs the rest, on threads of the application
     * @param roundTrips counts those that connections measure
     */
    public ConnectionFactory(
            WebSocketOptions options,
            ConcurrentWriteListener conflictLog,
            Consumer<String> warnings,
            RoundTrips roundTrips) {
        this.shared = Shared.of(options);
        this.conflictLog = conflictLog.andThen(options.concurrentWriteListener());
        this.warnings = warnings;
        this.roundTrips = roundTrips;
    }

    /**
     * Creates a connection that a handler reads. The caller must close it, so that everything it holds is given back.
     *
     * @param transport owned by the connection from now on
     * @param handshake the answer to the request
     */
    public BlockingConnection open(Transport transport, HandshakeRequest request, Accepted handshake) {
        ConnectionParts parts = parts(transport, request, handshake);
        HandlerConnection connection = new HandlerConnection(request, handshake, parts, parts.blocking(warnings));
        connection.keepAlive();
        return connection;
    }

    /**
     * Creates a connection that calls a listener. The first call is made before this returns, or soon after.
     *
     * @param transport owned by the connection from now on
     * @param threads the threads and the log that the connection may use
     * @param prepare prepares the connection before the first call
     * @param onClosed called once, after the listener's last call, when everything is given back; not called if this
     *     method throws
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
        ListenerConnection connection = new ListenerConnection(request, handshake, parts, loop, onClosed);
        boolean open = false;
        try {
            connection.keepAlive(); // first, because the connection may be over when the next line returns
            loop.open(connection, prepare, connection);
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
        return new ConnectionParts(id, transport, handshake.deflate(), shared, conflictLog, roundTrips);
    }
}
