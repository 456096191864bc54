package io.twintrace.websocket.jetty;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NegotiatingServerConnection;

/**
 * Closes connections whose first request is not complete in time. Jetty's idle timeout restarts with every byte, so a
 * peer that sends one byte a second could otherwise hold a connection for a very long time. Safe for use by any thread.
 *
 * <p>The time counts from the opening of the TCP connection and includes the TLS handshake, with ALPN or without. If
 * HTTP/2 was negotiated, the peer must open the first stream in this time. After that, Jetty's own timeouts apply.
 */
public final class HandshakeDeadline implements Connection.Listener {
    private final Connector connector;
    private final Duration timeout;

    private HandshakeDeadline(Connector connector, Duration timeout) {
        this.connector = connector;
        this.timeout = timeout;
    }

    /**
     * Sets the deadline for all connections of a connector, of any protocol. Call this before the connector starts.
     *
     * @param connector not started yet
     * @param timeout from the opening of the connection to the end of the first request's header
     */
    public static void set(AbstractConnector connector, Duration timeout) {
        connector.addBean(new HandshakeDeadline(connector, timeout));
    }

    @Override
    public void onOpened(Connection connection) {
        if (awaitsRequest(connection)) {
            // Weak, so that the timer does not keep an upgraded connection in memory.
            WeakReference<Connection> opened = new WeakReference<>(connection);
            connector.getScheduler().schedule(() -> check(opened.get()), millisLeft(connection), TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Tells whether no request has arrived yet. With ALPN, Jetty first uses a connection that only waits for the end of
     * the TLS handshake, and counts no messages. Without ALPN, it uses the HTTP connection from the beginning.
     * Connections of other protocols may also count messages, but these are not requests.
     */
    private static boolean awaitsRequest(Connection connection) {
        return connection instanceof NegotiatingServerConnection
                || (connection instanceof ConnectionMetaData && connection.getMessagesIn() == 0);
    }

    /** Jetty records the accept time by the wall clock, so limit the result in case the clock is changed. */
    private long millisLeft(Connection connection) {
        long age = System.currentTimeMillis() - connection.getEndPoint().getCreatedTimeStamp();
        return Math.max(0, timeout.toMillis() - Math.max(0, age));
    }

    private static void check(Connection connection) {
        if (connection == null) {
            return;
        }
        boolean current = connection.getEndPoint().getConnection() == connection; // otherwise it was upgraded
        if (current && awaitsRequest(connection)) {
            connection.getEndPoint().close();
        }
    }
}
