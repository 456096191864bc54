package io.twintrace.websocket.internal.read;

import io.twintrace.websocket.MessageTooBigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Assembles a message on the heap as it arrives. Memory grows with what has arrived, not with what the peer declares.
 * Only the reading thread calls these methods.
 *
 * <p>If the length is known, the array grows up to it. If it is not known, as with compression, bytes are kept in
 * blocks. A growing array would be held twice at each step, and a decompression bomb aims at exactly that.
 */
final class HeapAssembly {
    /** Payloads up to this length are allocated at once. */
    private static final int MAX_TRUSTED_LENGTH = 16 * 1024;

    private static final int MIN_BLOCK = 1024;

    /**
     * With the array's header, a block divides the size of any heap region that the collector may use, so that no part
     * of a region is wasted.
     */
    private static final int MAX_BLOCK = 128 * 1024 - 16;

    private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    private final MessageDecoder decoder;

    /** The full blocks. */
    private final List<byte[]> blocks = new ArrayList<>(0);

    private int inBlocks;

    /** Receives the next bytes. */
    private byte[] bytes;

    private int length;

    HeapAssembly(MessageDecoder decoder) {
        this.decoder = decoder;
        this.bytes = new byte[(int) Math.min(decoder.expected(), MAX_TRUSTED_LENGTH)];
    }

    /** Continues a message whose beginning is given. The beginning is copied. */
    HeapAssembly(MessageDecoder decoder, ByteBuffer beginning) {
        this.decoder = decoder;
        this.length = beginning.remaining();
        this.bytes = new byte[length];
        beginning.get(bytes);
    }

    /** Takes what has arrived of the message. Returns false if not all of it has arrived. */
    boolean collect() throws IOException {
        while (!decoder.isComplete()) {
            int n;
            if (length < bytes.length) {
                n = decoder.read(bytes, length, bytes.length - length);
                length += Math.max(0, n);
            } else {
                // Compressed data does not tell its length. Allocate a larger array only once one more byte has come.
                byte[] next = new byte[1];
                n = decoder.read(next, 0, 1);
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

    /** Adds a byte of the message that was already taken, after the current array is full. */
    void add(byte next) throws MessageTooBigException {
        makeRoom();
        bytes[length++] = next;
    }

    private void makeRoom() throws MessageTooBigException {
        int soFar = length();
        if (soFar == MAX_ARRAY) {
            throw new MessageTooBigException(MAX_ARRAY);
        }
        int doubled = (int) Math.min(2L * soFar, MAX_ARRAY);
        long more = decoder.knownToCome();
        if (more >= 0 && blocks.isEmpty()) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Math.max(doubled, MIN_BLOCK), soFar + 1 + more));
            return;
        }
        if (length > 0) {
            blocks.add(bytes);
            inBlocks += length;
        }
        // No longer than the limit allows, so that bytes beyond it are not even read.
        int most = (int) Math.min(MAX_BLOCK, more >= 0 ? 1 + more : Math.max(1, decoder.limit() - soFar));
        bytes = new byte[Math.min(Math.min(Math.max(soFar, MIN_BLOCK), most), MAX_ARRAY - soFar)];
        length = 0;
    }

    /** Returns how many bytes have been collected. */
    int length() {
        return inBlocks + length;
    }

    /** Returns an array that begins with the message's bytes. */
    byte[] bytes() {
        join();
        return bytes;
    }

    /** Returns an array with the message's bytes alone. It is not copied if it holds no others. */
    byte[] toArray() {
        join();
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    /** Joins the blocks and drops them, so that the message is held once while the application answers it. */
    private void join() {
        if (blocks.isEmpty()) {
            return;
        }
        byte[] all = new byte[length()];
        int at = 0;
        for (byte[] block : blocks) {
            System.arraycopy(block, 0, all, at, block.length);
            at += block.length;
        }
        System.arraycopy(bytes, 0, all, at, length);
        blocks.clear();
        inBlocks = 0;
        bytes = all;
        length = all.length;
    }
}
