package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import java.util.function.Consumer;

/**
 * A connection that calls a listener. It is itself what runs at its end, and not a lambda, because each connection has
 * one.
 */
final class ListenerConnection extends EngineConnection implements Runnable {
    /** Null once it is called. */
    private Consumer<WebSocketConnection> onClosed;

    /** @param onClosed called once everything is given back */
    ListenerConnection(
            HandshakeRequest request,
            Accepted handshake,
            ConnectionParts parts,
            Reading reading,
            Consumer<WebSocketConnection> onClosed) {
        super(request, handshake, parts, reading);
        this.onClosed = onClosed;
    }

    /** Gives everything back, after the listener's last call. */
    @Override
    public void run() {
        try {
            finish(false);
        } finally {
            Consumer<WebSocketConnection> once = onClosed;
            onClosed = null;
            if (once != null) {
                once.accept(this);
            }
        }
    }
}
