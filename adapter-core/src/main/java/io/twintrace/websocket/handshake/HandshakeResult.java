package io.twintrace.websocket.handshake;

import java.util.Map;
import java.util.Optional;

/** What the server answers to an opening handshake. */
public sealed interface HandshakeResult {
    /**
     * 101 Switching Protocols.
     *
     * @param headers those of the answer, Upgrade and Connection included
     * @param subprotocol the one chosen, if any
     * @param deflate what was agreed on about permessage-deflate, if it is used
     */
    record Accepted(Map<String, String> headers, Optional<String> subprotocol, Optional<DeflateParameters> deflate)
            implements HandshakeResult {}

    /**
     * An HTTP error.
     *
     * @param status the HTTP status
     * @param message what is wrong and what to do; never holds a header's value
     * @param headers those that the status asks for
     */
    record Refused(int status, String message, Map<String, String> headers) implements HandshakeResult {}
}
