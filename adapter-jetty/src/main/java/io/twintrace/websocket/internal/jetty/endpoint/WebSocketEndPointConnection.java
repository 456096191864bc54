package io.twintrace.websocket.internal.jetty.endpoint;

import io.twintrace.websocket.internal.io.Transport;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;

/**
 * Jetty's object for an upgraded connection. Reports its beginning and end to the transport and to Jetty's statistics.
 */
final class WebSocketEndPointConnection extends AbstractConnection implements Connection.UpgradeTo {
    /** Null after the call, because it refers to objects that only the handshake needs. */
    private Consumer<Transport> receiver;

    private final EndPointTransport transport;

    WebSocketEndPointConnection(EndPoint endPoint, Connector connector, Consumer<Transport> receiver) {
        super(endPoint, connector.getExecutor());
        this.receiver = receiver;
        this.transport =
                new EndPointTransport(endPoint, connector.getByteBufferPool(), WakeUps.of(connector, endPoint));
    }

    /** Receives the bytes that the client sent right after its request. */
    @Override
    public void onUpgradeTo(ByteBuffer leftover) {
        transport.startWith(leftover);
    }

    @Override
    public void onOpen() {
        super.onOpen();
        getEndPoint().setIdleTimeout(0); // the engine has its own timeout, which knows frames
        Consumer<Transport> once = receiver;
        receiver = null;
        once.accept(transport);
    }

    /** Never called: the transport waits for input with its own callbacks. */
    @Override
    public void onFillable() {
        throw new IllegalStateException("the transport waits for input itself");
    }

    @Override
    public boolean onIdleExpired(TimeoutException timeoutException) {
        return false; // do not close
    }

    @Override
    public void onClose(Throwable cause) {
        transport.endInput();
        super.onClose(cause);
    }
}
