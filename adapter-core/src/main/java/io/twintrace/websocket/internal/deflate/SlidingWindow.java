package io.twintrace.websocket.internal.deflate;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The last bytes of the messages in one direction, which later ones may refer to. Grows with its content, up to its size. */
final class SlidingWindow {
    private static final int MIN_CAPACITY = 1024;
    private static final byte[] EMPTY = {};

    private int size;

    /** Used as a ring once it has grown to its full size. */
    private byte[] ring = EMPTY;

    private int length;

    /** Where the next byte goes. */
    private int at;

    /** @param size a power of two, in bytes */
    SlidingWindow(int size) {
        this.size = size;
    }

    /** Appends {@code count} bytes from {@code index} on. */
    void append(ByteBuffer bytes, int index, int count) {
        int skipped = Math.max(0, count - size);
        int from = index + skipped;
        int left = count - skipped;
        grow(left);
        while (left > 0) {
            int n = Math.min(left, ring.length - at);
            bytes.get(from, ring, at, n);
            from += n;
            left -= n;
            length = Math.min(size, length + n);
            at = (at + n) & (size - 1);
        }
    }

    /** Takes bytes that data may refer to. */
    @FunctionalInterface
    interface Dictionary {
        /** Takes the next ones. */
        void set(byte[] bytes, int offset, int length);
    }

    /** Gives the last bytes, as many as are wanted and known, to whom they are to be a dictionary. Returns their number. */
    int give(int most, Dictionary to) {
        int n = Math.min(length, most);
        int wrapped = Math.max(0, n - at);
        if (wrapped > 0) {
            to.set(ring, size - wrapped, wrapped);
        }
        if (n > wrapped) {
            to.set(ring, at - (n - wrapped), n - wrapped);
        }
        return n;
    }

    int size() {
        return size;
    }

    /** Makes room for more, and keeps what is remembered. */
    void enlarge(int newSize) {
        if (length == size) { // a ring, whose oldest byte is at the next one's place
            byte[] larger = new byte[newSize];
            System.arraycopy(ring, at, larger, 0, size - at);
            System.arraycopy(ring, 0, larger, size - at, at);
            ring = larger;
            at = size;
        }
        size = newSize;
    }

    /** Forgets everything and keeps the memory. */
    void clear() {
        length = 0;
        at = 0;
    }

    private void grow(int more) {
        int needed = Math.min(size, length + more);
        if (needed > ring.length) {
            int doubled = Math.max(MIN_CAPACITY, Integer.highestOneBit(needed - 1) << 1);
            ring = Arrays.copyOf(ring, Math.min(size, doubled)); // not full yet, so the content begins at 0
        }
    }
}
