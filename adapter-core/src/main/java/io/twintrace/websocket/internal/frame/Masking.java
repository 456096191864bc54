package io.twintrace.websocket.internal.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Masking and unmasking, which are the same (RFC 6455 section 5.3): eight bytes a step, the rest one by one. Everywhere
 * {@code key} is the masking key, its first byte on the wire highest, and {@code position} says how many bytes of the
 * payload came before this piece.
 *
 * <p>Whether all is ASCII comes for next to nothing here, and spares most text a second look ({@link Utf8Validator}).
 */
public final class Masking {
    /** In the order of the machine, so that no step turns bytes round: the key is turned once instead. */
    private static final VarHandle ARRAY = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final VarHandle BUFFER =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final long HIGH_BITS = 0x8080808080808080L;

    private Masking() {}

    /**
     * Masks {@code length} bytes in place: nothing else, so that the compiler makes it wider than eight bytes a step.
     */
    public static void apply(byte[] bytes, int offset, int length, int key, long position) {
        long wide = repeated(key, position);
        long swift = inNativeOrder(wide);
        int end = offset + length;
        int at = offset;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            ARRAY.set(bytes, at, (long) ARRAY.get(bytes, at) ^ swift);
        }
        for (; at < end; at++) {
            wide = Long.rotateLeft(wide, Byte.SIZE);
            bytes[at] ^= (byte) wide;
        }
    }

    /** Masks in place; whether all bytes are ASCII then. */
    public static boolean applyIsAscii(byte[] bytes, int offset, int length, int key, long position) {
        long wide = repeated(key, position);
        long swift = inNativeOrder(wide);
        long seen = 0; // gathers the bits of all bytes: a branch in each step would cost more
        int end = offset + length;
        int at = offset;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            long masked = (long) ARRAY.get(bytes, at) ^ swift;
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

    /** Masks {@code length} bytes from {@code index} on in place; the buffer's position and limit stay. */
    public static void apply(ByteBuffer buffer, int index, int length, int key, long position) {
        if (buffer.hasArray()) {
            apply(buffer.array(), buffer.arrayOffset() + index, length, key, position);
        } else { // a loop without the gathering is no quicker here
            boolean unused = applyIsAsciiDirect(buffer, index, length, key, position);
        }
    }

    /** Masks in place; whether all bytes are ASCII then. */
    public static boolean applyIsAscii(ByteBuffer buffer, int index, int length, int key, long position) {
        return buffer.hasArray() // the compiler does better by an array than by a buffer that may or may not have one
                ? applyIsAscii(buffer.array(), buffer.arrayOffset() + index, length, key, position)
                : applyIsAsciiDirect(buffer, index, length, key, position);
    }

    private static boolean applyIsAsciiDirect(ByteBuffer buffer, int index, int length, int key, long position) {
        long wide = repeated(key, position);
        long swift = inNativeOrder(wide);
        long seen = 0;
        int end = index + length;
        int at = index;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            long masked = (long) BUFFER.get(buffer, at) ^ swift;
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
     * Masks into an array; the buffer, which may be read-only, stays as it is. Copying comes first: the machine is so
     * quick at it that one loop for both would gain nothing.
     */
    public static void copy(ByteBuffer from, int index, byte[] into, int offset, int length, int key, long position) {
        from.get(index, into, offset, length);
        apply(into, offset, length, key, position);
    }

    /** The key twice, beginning with the byte that is due at {@code position}. */
    private static long repeated(int key, long position) {
        int rotated = Integer.rotateLeft(key, (int) (position & 3) * Byte.SIZE);
        return (long) rotated << Integer.SIZE | (rotated & 0xFFFFFFFFL);
    }

    private static long inNativeOrder(long bigEndian) {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? bigEndian : Long.reverseBytes(bigEndian);
    }
}
