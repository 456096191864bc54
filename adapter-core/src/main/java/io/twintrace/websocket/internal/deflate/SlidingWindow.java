package io.twintrace.websocket.internal.deflate;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** The last bytes of the messages in one direction, which later ones may refer to. Grows with its content, up to its size. */
final class SlidingWindow {
    private static final int MIN_CAPACITY = 1024;
    private static final byte[] EMPTY = {};

    private final int size;

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

    /** Gives this history to an inflater that is in its initial state. */
    void prime(Inflater inflater) {
        if (length == size) {
            inflater.setDictionary(ring, at, size - at);
        }
        if (at > 0) {
            inflater.setDictionary(ring, 0, at);
        }
    }

    /** Gives this history to a deflater that is in its initial state. */
    void prime(Deflater deflater) {
        if (length == size) {
            deflater.setDictionary(ring, at, size - at);
        }
        if (at > 0) {
            deflater.setDictionary(ring, 0, at);
        }
    }

    int length() {
        return length;
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
