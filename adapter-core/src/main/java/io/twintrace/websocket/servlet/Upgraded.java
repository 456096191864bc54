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
 * @param session null if the connection has nothing to do with the HTTP session
 */
record Upgraded(
        Transport transport,
        HandshakeRequest request,
        Accepted handshake,
        Map<String, Object> attributes,
        SessionLink session) {
    /** Called before the application sees the connection. */
    void giveAttributesTo(WebSocketConnection connection) {
        if (!attributes.isEmpty()) {
            connection.attributes().putAll(attributes);
        }
    }
}
