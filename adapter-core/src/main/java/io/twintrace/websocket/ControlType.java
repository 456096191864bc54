package io.twintrace.websocket;

/** The three kinds of control frames (RFC 6455 section 5.5). */
public enum ControlType {
    /** Begins or answers the closing handshake. */
    CLOSE,
    /** Asks the peer for a Pong. */
    PING,
    /** Answers a Ping, or tells the peer that this side is there. */
    PONG
}
