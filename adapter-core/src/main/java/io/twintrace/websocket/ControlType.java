package io.twintrace.websocket;

import io.twintrace.websocket.frame.CloseStatus;
import io.twintrace.websocket.frame.FrameHeader;
import io.twintrace.websocket.frame.Opcode;
import io.twintrace.websocket.frame.ProtocolException;

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

    /** Throws IllegalArgumentException for a payload that such a frame cannot have. */
    void check(byte[] payload) {
        if (payload.length > FrameHeader.MAX_CONTROL_PAYLOAD) {
            throw new IllegalArgumentException(
                    "a control frame holds at most 125 bytes, and this payload has " + payload.length);
        }
        if (this == CLOSE) {
            try {
                CloseStatus unused = CloseStatus.parse(payload);
            } catch (ProtocolException e) {
                throw new IllegalArgumentException("not the payload of a Close frame", e);
            }
        }
    }
}
