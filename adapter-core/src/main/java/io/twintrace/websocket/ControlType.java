package io.twintrace.websocket;

/** The three kinds of control frames (RFC 6455 section 5.5). */
public enum ControlType {
    /** Begins or answers the close handshake. */
    CLOSE,
    /** Asks the peer for a Pong. */
    PING,
    /** Answers a Ping, or shows the peer that this side is alive. */
    PONG
}
