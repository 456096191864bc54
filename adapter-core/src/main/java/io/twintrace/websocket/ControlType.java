package io.twintrace.websocket;

/** The three kinds of control frames (RFC 6455 section 5.5). */
public enum ControlType {
    CLOSE,
    PING,
    PONG
}
