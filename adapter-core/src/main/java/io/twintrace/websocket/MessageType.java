package io.twintrace.websocket;

import io.twintrace.websocket.frame.Opcode;

/** The two kinds of messages (RFC 6455 section 5.6). */
public enum MessageType {
    /** UTF-8 text, checked in both directions. */
    TEXT(Opcode.TEXT),
    /** Bytes of any meaning. */
    BINARY(Opcode.BINARY);

    private final Opcode opcode;

    MessageType(Opcode opcode) {
        this.opcode = opcode;
    }

    Opcode opcode() {
        return opcode;
    }

    static MessageType of(Opcode opcode) {
        return opcode == Opcode.TEXT ? TEXT : BINARY;
    }
}
