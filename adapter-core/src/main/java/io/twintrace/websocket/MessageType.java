package io.twintrace.websocket;

/** The two kinds of messages (RFC 6455 section 5.6). */
public enum MessageType {
    /** UTF-8 text, checked in both directions. */
    TEXT,
    /** Arbitrary bytes. */
    BINARY
}
