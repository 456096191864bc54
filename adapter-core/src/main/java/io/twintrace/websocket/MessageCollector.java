package io.twintrace.websocket;

import io.twintrace.websocket.frame.MessageTooBigException;
import java.io.IOException;
import java.util.Arrays;

/** Puts a message together as it arrives, in an array that grows with it. For the thread that reads. */
final class MessageCollector {
    /** Payloads up to here are allocated at once; larger ones grow as they arrive, whatever the peer declares. */
    private static final int TRUSTED_LENGTH = 16 * 1024;

    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final MessageInput input;
    private byte[] bytes;
    private int length;

    MessageCollector(MessageInput input) {
        this.input = input;
        this.bytes = new byte[(int) Math.min(input.expected(), TRUSTED_LENGTH)];
    }

    /** Takes what there is of the message; false when not all of it has arrived. */
    boolean collect() throws IOException {
        while (!input.isComplete()) {
            int n;
            if (length < bytes.length) {
                n = input.read(bytes, length, bytes.length - length);
                length += Math.max(0, n);
            } else {
                // Compressed data does not tell its length, so the array is enlarged only once there is more.
                byte[] next = new byte[1];
                n = input.read(next, 0, 1);
                if (n > 0) {
                    bytes = Arrays.copyOf(bytes, grown());
                    bytes[length++] = next[0];
                }
            }
            if (n == 0) {
                return false;
            }
        }
        return true;
    }

    private int grown() throws MessageTooBigException {
        if (length == LARGEST_ARRAY) {
            throw new MessageTooBigException(LARGEST_ARRAY);
        }
        // Doubled, so that memory follows what has arrived; not beyond the end, where that is known.
        int atLeast = length + 1;
        long wanted = Math.min(Math.max(2L * length, 1024), input.longest(atLeast));
        return (int) Math.min(Math.max(wanted, atLeast), LARGEST_ARRAY);
    }

    /** The message's bytes, which stand at the beginning of the array. */
    byte[] bytes() {
        return bytes;
    }

    /** How many there are. */
    int length() {
        return length;
    }

    /** The message's bytes and no others. */
    byte[] toArray() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }
}
