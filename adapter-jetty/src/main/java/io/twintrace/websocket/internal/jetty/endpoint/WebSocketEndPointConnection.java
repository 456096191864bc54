package io.twintrace.websocket.internal.jetty.endpoint;

import io.twintrace.websocket.internal.io.Transport;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.EventListener;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;

/**
 * Jetty's object for an upgraded connection. Reports its beginning and end to the transport and to Jetty's statistics.
 * Jetty's own superclass would hold five objects more, to read and for listeners that most servers do not have.
 */
final class WebSocketEndPointConnection implements Connection, Connection.UpgradeTo {
    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket");

    private final EndPoint endPoint;
    private final long created = System.currentTimeMillis();

    private volatile List<Listener> listeners = List.of();

    /** Null after the call, because it refers to objects that only the handshake needs. */
    private Consumer<Transport> receiver;

    private final EndPointTransport transport;

    WebSocketEndPointConnection(EndPoint endPoint, Connector connector, Consumer<Transport> receiver) {
        this.endPoint = endPoint;
        this.receiver = receiver;
        this.transport = new EndPointTransport(endPoint, WakeUps.of(connector, endPoint));
    }

    /** Receives the bytes that the client sent right after its request. */
    @Override
    public void onUpgradeTo(ByteBuffer leftover) {
        transport.startWith(leftover);
    }

    @Override
    public void onOpen() {
        tellListeners(each -> each.onOpened(this));
        endPoint.setIdleTimeout(0); // the engine has its own timeout, which knows frames
        Consumer<Transport> once = receiver;
        receiver = null;
        once.accept(transport);
    }

    @Override
    public boolean onIdleExpired(TimeoutException timeoutException) {
        return false; // do not close
    }

    @Override
    public void onClose(Throwable cause) {
        transport.endInput();
        tellListeners(each -> each.onClosed(this));
    }

    /** What a listener throws is not this connection's affair. */
    private void tellListeners(Consumer<Listener> event) {
        for (Listener each : listeners) {
            try {
                event.accept(each);
            } catch (Throwable t) {
                LOGGER.log(Level.WARNING, "Jetty's connection listener " + each + " failed", t);
            }
        }
    }

    @Override
    public synchronized void addEventListener(EventListener listener) {
        if (listener instanceof Listener each) {
            listeners = Stream.concat(listeners.stream(), Stream.of(each)).toList();
        }
    }

    @Override
    public synchronized void removeEventListener(EventListener listener) {
        listeners = listeners.stream().filter(each -> !each.equals(listener)).toList();
    }

    @Override
    public EndPoint getEndPoint() {
        return endPoint;
    }

    @Override
    public void close() {
        endPoint.close();
    }

    @Override
    public long getMessagesIn() {
        return -1;
    }

    @Override
    public long getMessagesOut() {
        return -1;
    }

    @Override
    public long getBytesIn() {
        return -1;
    }

    @Override
    public long getBytesOut() {
        return -1;
    }

    @Override
    public long getCreatedTimeStamp() {
        return created;
    }
}
