package io.twintrace.websocket;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Code and reason of a Close frame (RFC 6455 section 5.5.1).
 *
 * @param code the status code; {@link CloseCode#NO_STATUS} if the frame was empty
 * @param reason at most 123 bytes of UTF-8; empty if there was none
 */
public record CloseStatus(int code, String reason) {
    /** A control frame holds 125 bytes (RFC 6455 section 5.5), two of which are the code. */
    private static final int MAX_REASON_BYTES = 123;

    private static final byte[] EMPTY = new byte[0];

    /**
     * Checks that the reason is not null.
     *
     * @param code any number; {@link #payload()} rejects a code that may not be sent
     * @param reason empty for none
     */
    public CloseStatus {
        Objects.requireNonNull(reason, "reason");
    }

    /**
     * Encodes the payload of a Close frame.
     *
     * @return empty for {@link CloseCode#NO_STATUS}; a reason longer than 123 bytes is cut at the end of a character
     * @throws IllegalArgumentException if the code may not be sent
     */
    public byte[] payload() {
        if (code == CloseCode.NO_STATUS) {
            return EMPTY;
        }
        if (!CloseCode.isAllowedOnWire(code)) {
            throw new IllegalArgumentException(
                    "close code " + code + " may not be sent; use 1000 to 1003, 1007 to 1014 or 3000 to 4999");
        }
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        int length = cutAtCharacter(text, MAX_REASON_BYTES);
        byte[] payload = new byte[2 + length];
        payload[0] = (byte) (code >>> 8);
        payload[1] = (byte) code;
        System.arraycopy(text, 0, payload, 2, length);
        return payload;
    }

    private static int cutAtCharacter(byte[] utf8, int max) {
        if (utf8.length <= max) {
            return utf8.length;
        }
        int end = max;
        while (end > 0 && (utf8[end] & 0xC0) == 0x80) {
            end--;
        }
        return end;
    }
}
