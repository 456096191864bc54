package io.twintrace.websocket.internal.frame;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.ControlType;
import io.twintrace.websocket.ProtocolException;
import java.nio.charset.StandardCharsets;

/** Checks and reads the payloads of control frames (RFC 6455 section 5.5). */
public final class ControlPayload {
    private ControlPayload() {}

    /** Throws IllegalArgumentException if a frame of this type cannot have this payload. */
    public static void check(ControlType type, byte[] payload) {
        if (payload.length > FrameHeader.MAX_CONTROL_PAYLOAD) {
            throw new IllegalArgumentException(
                    "a control frame holds at most 125 bytes, and this payload has " + payload.length);
        }
        if (type == ControlType.CLOSE) {
            try {
                CloseStatus unused = parseClose(payload);
            } catch (ProtocolException e) {
                throw new IllegalArgumentException("not the payload of a Close frame", e);
            }
        }
    }

    /**
     * Reads the payload of a Close frame.
     *
     * @throws ProtocolException 1002 for a payload of one byte or a code that may not be sent, 1007 for a reason that
     *     is not UTF-8
     */
    public static CloseStatus parseClose(byte[] payload) throws ProtocolException {
        if (payload.length == 0) {
            return new CloseStatus(CloseCode.NO_STATUS, "");
        }
        if (payload.length == 1) {
            throw new ProtocolException(CloseCode.PROTOCOL_ERROR, "Close frame with half a status code");
        }
        int code = (payload[0] & 0xFF) << 8 | (payload[1] & 0xFF);
        if (!CloseCode.isAllowedOnWire(code)) {
            throw new ProtocolException(
                    CloseCode.PROTOCOL_ERROR, "Close frame with status code " + code + ", which may not be sent");
        }
        Utf8Validator utf8 = new Utf8Validator();
        utf8.accept(payload, 2, payload.length - 2);
        utf8.finish();
        return new CloseStatus(code, new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8));
    }
}
