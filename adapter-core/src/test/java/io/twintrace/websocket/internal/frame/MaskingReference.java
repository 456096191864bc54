package io.twintrace.websocket.internal.frame;

import java.nio.ByteBuffer;

/** RFC 6455 section 5.3 to the letter: octet i is XORed with octet i modulo 4 of the key. */
final class MaskingReference {
    private MaskingReference() {}

    /** A copy of the bytes, {@code length} of them masked. */
    static byte[] masked(byte[] original, int offset, int length, int key, long position) {
        byte[] octets = ByteBuffer.allocate(4).putInt(key).array();
        byte[] masked = original.clone();
        for (int i = 0; i < length; i++) {
            masked[offset + i] ^= octets[(int) ((position + i) % 4)];
        }
        return masked;
    }

    static boolean isAscii(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] < 0) {
                return false;
            }
        }
        return true;
    }
}
