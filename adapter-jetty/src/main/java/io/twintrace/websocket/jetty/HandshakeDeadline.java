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
 * Closes connections whose first request is not complete in time. Jetty's idle timeout begins anew with every byte, so
 * a peer that sends one a second would otherwise hold a connection for as long as its request has bytes. Any thread.
 *
 * <p>The time counts from the opening of the TCP connection, and includes TLS's own handshake, with ALPN or without.
 * Where HTTP/2 was negotiated, the first stream has to be opened in this time; after that, Jetty's own timeouts hold.
 */
public final class HandshakeDeadline implements Connection.Listener {
    private final Connector connector;
    private final Duration timeout;

    private HandshakeDeadline(Connector connector, Duration timeout) {
        this.connector = connector;
        this.timeout = timeout;
    }

    /**
     * Sets the deadline for all connections of a connector, whatever they will ask for. To be called before it starts.
     *
     * @param connector not started yet
     * @param timeout from the opening of the connection to the end of the first request's head
     */
    public static void set(AbstractConnector connector, Duration timeout) {
        connector.addBean(new HandshakeDeadline(connector, timeout));
    }

    @Override
    public void onOpened(Connection connection) {
        if (awaitsRequest(connection)) {
            // Weak, so that what was upgraded meanwhile is not kept in memory until then.
            WeakReference<Connection> opened = new WeakReference<>(connection);
            connector.getScheduler().schedule(() -> check(opened.get()), millisLeft(connection), TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Whether no request has come yet. With ALPN, Jetty first has a connection that only waits for the end of TLS's
     * handshake, and counts no messages; without, HTTP's own is there from the beginning. Other protocols' connections
     * may count messages as well, which are no requests.
     */
    private static boolean awaitsRequest(Connection connection) {
        return connection instanceof NegotiatingServerConnection
                || (connection instanceof ConnectionMetaData && connection.getMessagesIn() == 0);
    }

    /** Jetty notes by the wall clock when it has accepted a connection: within bounds, should somebody set the clock. */
    private long millisLeft(Connection connection) {
        long age = System.currentTimeMillis() - connection.getEndPoint().getCreatedTimeStamp();
        return Math.max(0, timeout.toMillis() - Math.max(0, age));
    }

    private static void check(Connection connection) {
        if (connection == null) {
            return;
        }
        boolean current = connection.getEndPoint().getConnection() == connection; // else it was upgraded
        if (current && awaitsRequest(connection)) {
            connection.getEndPoint().close();
        }
    }
}
