package io.twintrace.websocket;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Bytes of frames that wait for the peer to take them: copies, since their buffers are used again. For one thread at a
 * time.
 */
final class Backlog {
    /** What is added in small pieces shares buffers of this size. */
    private static final int CHUNK = 16 * 1024;

    private final ArrayDeque<ByteBuffer> chunks = new ArrayDeque<>();
    private long size;

    /** Where the next bytes go: the last of the chunks, or one that is no longer there. */
    private ByteBuffer tail = ByteBuffer.allocate(0);

    /** How many bytes wait that were not handed out. */
    long size() {
        return size;
    }

    void add(ByteBuffer[] buffers) {
        for (ByteBuffer buffer : buffers) {
            add(buffer);
        }
    }

    private void add(ByteBuffer bytes) {
        size += bytes.remaining();
        while (bytes.hasRemaining()) {
            if (!tail.hasRemaining()) {
                tail = ByteBuffer.allocate(Math.max(CHUNK, Math.min(bytes.remaining(), BlockingSink.MOST_COPIED)));
                chunks.add(tail);
            }
            int n = Math.min(tail.remaining(), bytes.remaining());
            tail.put(bytes.slice(bytes.position(), n));
            bytes.position(bytes.position() + n);
        }
    }

    /** Hands out the next bytes, or null when there are none; those handed out before are gone. */
    @SuppressWarnings("ReferenceEquality") // the same chunk is meant, not one that happens to hold the same
    ByteBuffer next() {
        ByteBuffer head = chunks.poll();
        if (head == null) {
            return null;
        }
        if (head == tail) {
            tail = ByteBuffer.allocate(0); // nothing is added to what is handed out
        }
        head.flip();
        size -= head.remaining();
        return head;
    }
}
