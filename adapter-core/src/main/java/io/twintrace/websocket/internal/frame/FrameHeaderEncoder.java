package io.twintrace.websocket.internal.frame;

import java.nio.ByteBuffer;

/** Writes frame headers (RFC 6455 section 5.2), with the length always in its shortest form. */
public final class FrameHeaderEncoder {
    /** The length of the longest header of an unmasked frame. */
    public static final int MAX_BYTES = FrameHeader.MAX_BYTES - 4;

    private FrameHeaderEncoder() {}

    /** Returns the length of an unmasked frame's header: 2, 4 or 10 bytes. */
    public static int size(long payloadLength) {
        return payloadLength <= 125 ? 2 : payloadLength <= 0xFFFF ? 4 : 10;
    }

    /** Writes the header of an unmasked frame, as a server sends it, at the buffer's position. */
    public static void encode(ByteBuffer out, boolean fin, boolean rsv1, Opcode opcode, long payloadLength) {
        encode(out, fin, rsv1, opcode, payloadLength, 0);
    }

    /** Writes the header of a masked frame, as a client sends it. The caller masks the payload. */
    public static void encodeMasked(
            ByteBuffer out, boolean fin, boolean rsv1, Opcode opcode, long payloadLength, int maskKey) {
        encode(out, fin, rsv1, opcode, payloadLength, 0x80);
        out.putInt(maskKey);
    }

    private static void encode(
            ByteBuffer out, boolean fin, boolean rsv1, Opcode opcode, long payloadLength, int maskBit) {
        out.put((byte) ((fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode.code()));
        if (payloadLength <= 125) {
            out.put((byte) (maskBit | (int) payloadLength));
        } else if (payloadLength <= 0xFFFF) {
            out.put((byte) (maskBit | 126));
            out.putShort((short) payloadLength);
        } else {
            out.put((byte) (maskBit | 127));
            out.putLong(payloadLength);
        }
    }
}
