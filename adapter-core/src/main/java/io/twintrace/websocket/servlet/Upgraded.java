package io.twintrace.websocket.servlet;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import io.twintrace.websocket.internal.io.Transport;
import java.util.Map;

/**
 * A socket whose opening handshake is done.
 *
 * @param attributes what the connection takes along from the request
 */
record Upgraded(Transport transport, HandshakeRequest request, Accepted handshake, Map<String, Object> attributes) {
    /** Before the application gets to see the connection. */
    void giveAttributesTo(WebSocketConnection connection) {
        if (!attributes.isEmpty()) {
            connection.attributes().putAll(attributes);
        }
    }
}
