package io.twintrace.websocket.jetty;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;

/**
 * Closes connections whose first request is not complete in time. Jetty's idle timeout begins anew with every byte, so
 * a peer that sends one a second would otherwise hold a connection for as long as its request has bytes. Any thread.
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
     * @param timeout from the opening of the connection to the end of the first request's head
     */
    public static void set(AbstractConnector connector, Duration timeout) {
        connector.addBean(new HandshakeDeadline(connector, timeout));
    }

    @Override
    public void onOpened(Connection connection) {
        if (connection.getMessagesIn() == 0) { // less where a connection does not carry requests
            // Weak, so that what was upgraded meanwhile is not kept in memory until then.
            WeakReference<Connection> opened = new WeakReference<>(connection);
            connector.getScheduler().schedule(() -> check(opened.get()), timeout.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private static void check(Connection connection) {
        if (connection == null) {
            return;
        }
        boolean current = connection.getEndPoint().getConnection() == connection; // else it was upgraded
        if (current && connection.getMessagesIn() == 0) {
            connection.getEndPoint().close();
        }
    }
}
