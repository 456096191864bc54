package io.twintrace.websocket.internal.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Masks and unmasks payloads, which is the same operation (RFC 6455 section 5.3), eight bytes a step. Throughout,
 * {@code key} is the masking key, with the first byte on the wire highest, and {@code position} is the number of
 * payload bytes before this piece.
 *
 * <p>To tell whether all bytes are ASCII costs next to nothing here, and spares most text a second pass
 * ({@link Utf8Validator}).
 */
public final class Masking {
    /** In the machine's byte order, so that no step swaps bytes. The key is swapped once instead. */
    private static final VarHandle ARRAY = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final VarHandle BUFFER =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final long HIGH_BITS = 0x8080808080808080L;

    private Masking() {}

    /** Masks {@code length} bytes in place. The bare loop lets the compiler take steps wider than eight bytes. */
    public static void apply(byte[] bytes, int offset, int length, int key, long position) {
        long wide = repeated(key, position);
        long nativeKey = inNativeOrder(wide);
        int end = offset + length;
        int at = offset;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            ARRAY.set(bytes, at, (long) ARRAY.get(bytes, at) ^ nativeKey);
        }
        for (; at < end; at++) {
            wide = Long.rotateLeft(wide, Byte.SIZE);
            bytes[at] ^= (byte) wide;
        }
    }

    /** Masks in place. Returns whether all bytes are ASCII afterwards. */
    public static boolean applyIsAscii(byte[] bytes, int offset, int length, int key, long position) {
        long wide = repeated(key, position);
        long nativeKey = inNativeOrder(wide);
        long seen = 0; // collects the bits of all bytes: a branch in each step would cost more
        int end = offset + length;
        int at = offset;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            long masked = (long) ARRAY.get(bytes, at) ^ nativeKey;
            ARRAY.set(bytes, at, masked);
            seen |= masked;
        }
        for (; at < end; at++) {
            wide = Long.rotateLeft(wide, Byte.SIZE);
            byte masked = (byte) (bytes[at] ^ wide);
            bytes[at] = masked;
            seen |= masked;
        }
        return (seen & HIGH_BITS) == 0;
    }

    /** Masks {@code length} bytes in place, from {@code index} on. The buffer's position and limit stay. */
    public static void apply(ByteBuffer buffer, int index, int length, int key, long position) {
        if (buffer.hasArray()) {
            apply(buffer.array(), buffer.arrayOffset() + index, length, key, position);
        } else { // a loop that does not collect bits is no faster here
            boolean unused = applyIsAsciiDirect(buffer, index, length, key, position);
        }
    }

    /** Masks in place. Returns whether all bytes are ASCII afterwards. */
    public static boolean applyIsAscii(ByteBuffer buffer, int index, int length, int key, long position) {
        return buffer.hasArray() // the compiler optimizes an array better than a buffer that may or may not have one
                ? applyIsAscii(buffer.array(), buffer.arrayOffset() + index, length, key, position)
                : applyIsAsciiDirect(buffer, index, length, key, position);
    }

    private static boolean applyIsAsciiDirect(ByteBuffer buffer, int index, int length, int key, long position) {
        long wide = repeated(key, position);
        long nativeKey = inNativeOrder(wide);
        long seen = 0;
        int end = index + length;
        int at = index;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            long masked = (long) BUFFER.get(buffer, at) ^ nativeKey;
            BUFFER.set(buffer, at, masked);
            seen |= masked;
        }
        for (; at < end; at++) {
            wide = Long.rotateLeft(wide, Byte.SIZE);
            byte masked = (byte) (buffer.get(at) ^ wide);
            buffer.put(at, masked);
            seen |= masked;
        }
        return (seen & HIGH_BITS) == 0;
    }

    /**
     * Masks into an array. The buffer may be read-only and stays as it is. This copies first and masks then: one loop
     * for both would gain nothing, because the machine copies so fast.
     */
    public static void copy(ByteBuffer from, int index, byte[] into, int offset, int length, int key, long position) {
        from.get(index, into, offset, length);
        apply(into, offset, length, key, position);
    }

    /** Returns the key twice, beginning with the byte for {@code position}. */
    private static long repeated(int key, long position) {
        int rotated = Integer.rotateLeft(key, (int) (position & 3) * Byte.SIZE);
        return (long) rotated << Integer.SIZE | (rotated & 0xFFFFFFFFL);
    }

    private static long inNativeOrder(long bigEndian) {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? bigEndian : Long.reverseBytes(bigEndian);
    }
}
