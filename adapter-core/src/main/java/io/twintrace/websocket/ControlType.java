package io.twintrace.websocket;

import io.twintrace.websocket.frame.Opcode;

/** The three kinds of control frames (RFC 6455 section 5.5). */
public enum ControlType {
    CLOSE(Opcode.CLOSE),
    PING(Opcode.PING),
    PONG(Opcode.PONG);

    private final Opcode opcode;

    ControlType(Opcode opcode) {
        this.opcode = opcode;
    }

    Opcode opcode() {
        return opcode;
    }
}
