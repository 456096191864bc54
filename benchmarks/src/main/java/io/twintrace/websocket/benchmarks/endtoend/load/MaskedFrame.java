package io.twintrace.websocket.benchmarks.endtoend.load;

import java.nio.ByteBuffer;

/** Writes a client's frames (RFC 6455, section 5.2). */
final class MaskedFrame {
    static final int TEXT = 0x1;
    static final int BINARY = 0x2;
    static final int CLOSE = 0x8;
    static final int PONG = 0xA;
    static final int RSV1 = 0x40;

    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int MASK_LENGTH = 4;
    private static final int SHORT_LENGTH = 126;
    private static final int LONG_LENGTH = 127;

    private MaskedFrame() {}

    static int headerLength(int payloadLength) {
        int extended = payloadLength < SHORT_LENGTH ? 0 : payloadLength <= 0xFFFF ? Short.BYTES : Long.BYTES;
        return 2 + extended + MASK_LENGTH;
    }

    /**
     * Returns a whole frame.
     *
     * @param first the opcode, with RSV1 if the payload is compressed
     */
    static byte[] of(int first, byte[] payload, int mask) {
        ByteBuffer frame = ByteBuffer.allocate(headerLength(payload.length) + payload.length);
        frame.put((byte) (FIN | first));
        if (payload.length < SHORT_LENGTH) {
            frame.put((byte) (MASKED | payload.length));
        } else if (payload.length <= 0xFFFF) {
            frame.put((byte) (MASKED | SHORT_LENGTH)).putShort((short) payload.length);
        } else {
            frame.put((byte) (MASKED | LONG_LENGTH)).putLong(payload.length);
        }
        frame.putInt(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ maskByte(mask, i)));
        }
        return frame.array();
    }

    /** Returns the mask byte for the payload's byte at an index. */
    static int maskByte(int mask, int index) {
        return (mask >>> (24 - 8 * (index & 3))) & 0xFF;
    }
}
