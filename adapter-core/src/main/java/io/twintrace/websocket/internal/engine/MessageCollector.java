package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.MessageTooBigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Puts a message together as it arrives; memory follows what has arrived, whatever the peer declares. For the thread
 * that reads.
 *
 * <p>Where the length is known, the array grows to it. Where it is not, as with compression, bytes are kept in blocks:
 * an array that grows would be held twice at each step, which is what a bomb is after.
 */
final class MessageCollector {
    /** Payloads up to here are allocated at once. */
    private static final int TRUSTED_LENGTH = 16 * 1024;

    private static final int SMALLEST_BLOCK = 1024;

    /** With the array's header a whole part of any region that the collector may have, so that none is wasted. */
    private static final int LARGEST_BLOCK = 128 * 1024 - 16;

    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final MessageInput input;

    /** Those that are full. */
    private final List<byte[]> blocks = new ArrayList<>(0);

    private int inBlocks;

    /** Where the next bytes go. */
    private byte[] bytes;

    private int length;

    MessageCollector(MessageInput input) {
        this.input = input;
        this.bytes = new byte[(int) Math.min(input.expected(), TRUSTED_LENGTH)];
    }

    /** Goes on with a message of which there is something already, which is copied. */
    MessageCollector(MessageInput input, ByteBuffer beginning) {
        this.input = input;
        this.length = beginning.remaining();
        this.bytes = new byte[length];
        beginning.get(bytes);
    }

    /** Takes what there is of the message; false when not all of it has arrived. */
    boolean collect() throws IOException {
        while (!input.isComplete()) {
            int n;
            if (length < bytes.length) {
                n = input.read(bytes, length, bytes.length - length);
                length += Math.max(0, n);
            } else {
                // Compressed data does not tell its length, so there is a larger array only once there is more.
                byte[] next = new byte[1];
                n = input.read(next, 0, 1);
                if (n > 0) {
                    add(next[0]);
                }
            }
            if (n == 0) {
                return false;
            }
        }
        return true;
    }

    /** Adds a byte of the message that was taken already, behind what fills the room there is. */
    void add(byte next) throws MessageTooBigException {
        makeRoom();
        bytes[length++] = next;
    }

    private void makeRoom() throws MessageTooBigException {
        int soFar = length();
        if (soFar == LARGEST_ARRAY) {
            throw new MessageTooBigException(LARGEST_ARRAY);
        }
        int doubled = (int) Math.min(2L * soFar, LARGEST_ARRAY);
        long more = input.knownToCome();
        if (more >= 0 && blocks.isEmpty()) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Math.max(doubled, SMALLEST_BLOCK), soFar + 1 + more));
            return;
        }
        if (length > 0) {
            blocks.add(bytes);
            inBlocks += length;
        }
        // No longer than the limit allows, so that what is beyond it is not even read.
        int most = (int) Math.min(LARGEST_BLOCK, more >= 0 ? 1 + more : Math.max(1, input.limit() - soFar));
        bytes = new byte[Math.min(Math.min(Math.max(soFar, SMALLEST_BLOCK), most), LARGEST_ARRAY - soFar)];
        length = 0;
    }

    /** How many bytes there are. */
    int length() {
        return inBlocks + length;
    }

    /** The message's bytes, which stand at the beginning of the array. */
    byte[] bytes() {
        return blocks.isEmpty() ? bytes : joined();
    }

    /** The message's bytes and no others. */
    byte[] toArray() {
        if (!blocks.isEmpty()) {
            return joined();
        }
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    private byte[] joined() {
        byte[] all = new byte[length()];
        int at = 0;
        for (byte[] block : blocks) {
            System.arraycopy(block, 0, all, at, block.length);
            at += block.length;
        }
        System.arraycopy(bytes, 0, all, at, length);
        return all;
    }
}
