package io.twintrace.websocket.handshake;

import java.util.Map;
import java.util.Optional;

/** The server's answer to an opening handshake (RFC 6455 section 4.2). */
public sealed interface HandshakeResult {
    /**
     * The server accepts with 101 Switching Protocols.
     *
     * @param headers the headers of the response, including Upgrade and Connection
     * @param subprotocol the chosen subprotocol, if any
     * @param deflate the negotiated parameters of permessage-deflate, if it is used
     */
    record Accepted(Map<String, String> headers, Optional<String> subprotocol, Optional<DeflateParameters> deflate)
            implements HandshakeResult {}

    /**
     * The server rejects the handshake with an HTTP error.
     *
     * @param status the HTTP status
     * @param message the problem and how to fix it; never contains a header value
     * @param headers the headers that the status requires
     */
    record Refused(int status, String message, Map<String, String> headers) implements HandshakeResult {}
}
