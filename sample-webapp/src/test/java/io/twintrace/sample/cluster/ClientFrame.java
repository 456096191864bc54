package io.twintrace.sample.cluster;

import java.nio.ByteBuffer;

/** Writes short frames. The mask is zero, so that it changes nothing. */
final class ClientFrame {
    static final int TEXT = 0x1;
    static final int CLOSE = 0x8;
    static final int PONG = 0xA;

    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int MAX_LENGTH = 125;

    private ClientFrame() {}

    static ByteBuffer of(int opcode, byte[] payload) {
        if (payload.length > MAX_LENGTH) {
            throw new IllegalArgumentException("too long: " + payload.length + " bytes");
        }
        return ByteBuffer.allocate(2 + Integer.BYTES + payload.length)
                .put((byte) (FIN | opcode))
                .put((byte) (MASKED | payload.length))
                .putInt(0)
                .put(payload)
                .flip();
    }
}
