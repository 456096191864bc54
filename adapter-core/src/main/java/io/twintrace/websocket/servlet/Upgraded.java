package io.twintrace.websocket.servlet;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import io.twintrace.websocket.internal.io.Transport;
import java.util.Map;

/**
 * A socket after the opening handshake.
 *
 * @param attributes the data that the connection keeps from the request
 */
record Upgraded(Transport transport, HandshakeRequest request, Accepted handshake, Map<String, Object> attributes) {
    /** Called before the application sees the connection. */
    void giveAttributesTo(WebSocketConnection connection) {
        if (!attributes.isEmpty()) {
            connection.attributes().putAll(attributes);
        }
    }
}
