package io.twintrace.websocket.internal.frame;

import io.twintrace.websocket.ControlType;
import io.twintrace.websocket.MessageType;

/** The opcodes of frames (RFC 6455 section 5.2). All others are reserved and fail the connection. */
public enum Opcode {
    CONTINUATION(0x0),
    TEXT(0x1),
    BINARY(0x2),
    CLOSE(0x8),
    PING(0x9),
    PONG(0xA);

    private static final Opcode[] BY_CODE = new Opcode[16];

    static {
        for (Opcode opcode : values()) {
            BY_CODE[opcode.code] = opcode;
        }
    }

    private final int code;

    Opcode(int code) {
        this.code = code;
    }

    /** Returns the opcode of a message's first frame. */
    public static Opcode of(MessageType type) {
        return type == MessageType.TEXT ? TEXT : BINARY;
    }

    /** Returns the opcode of a control frame. */
    public static Opcode of(ControlType type) {
        return switch (type) {
            case CLOSE -> CLOSE;
            case PING -> PING;
            case PONG -> PONG;
        };
    }

    /** Returns the type of a message that begins with this opcode. */
    public MessageType messageType() {
        return this == TEXT ? MessageType.TEXT : MessageType.BINARY;
    }

    /** Returns the four bits on the wire. */
    public int code() {
        return code;
    }

    /** Returns whether this is a control frame: never fragmented, at most 125 bytes (RFC 6455 section 5.5). */
    public boolean isControl() {
        return code >= 0x8;
    }

    /** Returns the opcode for the low four bits of {@code code}, or null if the RFC reserves the value. */
    public static Opcode of(int code) {
        return BY_CODE[code & 0x0F];
    }
}
