package io.twintrace.websocket.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Masking and unmasking, which are the same (RFC 6455 section 5.3). */
public final class Masking {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Masking() {}

    /**
     * Masks {@code length} bytes in place, eight a step.
     *
     * @param key the masking key, its first byte on the wire highest
     * @param position how many bytes of the payload came before this piece
     */
    public static void apply(byte[] bytes, int offset, int length, int key, long position) {
        int rotated = Integer.rotateLeft(key, (int) (position & 3) * 8);
        long wide = (long) rotated << 32 | (rotated & 0xFFFFFFFFL);
        int end = offset + length;
        int at = offset;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            LONG.set(bytes, at, (long) LONG.get(bytes, at) ^ wide);
        }
        for (int shift = 24; at < end; at++, shift = (shift - 8) & 31) {
            bytes[at] ^= (byte) (rotated >>> shift);
        }
    }

    /** Masks in place. */
    public static void apply(ByteBuffer buffer, int index, int length, int key, long position) {
        boolean unused = applyIsAscii(buffer, index, length, key, position);
    }

    /** Masks in place; whether all bytes are ASCII then. */
    public static boolean applyIsAscii(ByteBuffer buffer, int index, int length, int key, long position) {
        int all = 0;
        for (int i = 0; i < length; i++) {
            byte b = (byte) (buffer.get(index + i) ^ (key >>> (24 - 8 * (int) ((position + i) & 3))));
            buffer.put(index + i, b);
            all |= b;
        }
        return all >= 0;
    }
}
