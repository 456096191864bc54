package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.io.Deadlines;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Bytes of frames that wait for the peer to take them: copies, since their buffers are used again; and who waits for
 * that. From the first byte that the peer has not taken to the last. Changed by one thread at a time.
 */
final class PendingWrites {
    /** What is added in small pieces shares buffers of this size. */
    private static final int CHUNK = 16 * 1024;

    private final ArrayDeque<ByteBuffer> chunks = new ArrayDeque<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile long size;
    private volatile long deadline = Deadlines.NONE;

    /** Null for nothing. */
    private Runnable whenWritten;

    /** Where the next bytes go: the last of the chunks, or one that is no longer there. */
    private ByteBuffer tail = ByteBuffer.allocate(0);

    /** How many bytes wait that were not handed out. Any thread. */
    long size() {
        return size;
    }

    /** Until when the peer has to take what was handed out last. Any thread. */
    long deadline() {
        return deadline;
    }

    void deadline(long newDeadline) {
        deadline = newDeadline;
    }

    /** What is to be done once the peer has everything. */
    void whenWritten(Runnable action) {
        whenWritten = action;
    }

    /** Waits until the peer has everything, or nothing more will be written; false at the deadline. Any thread. */
    boolean awaitEnd(long until) throws InterruptedException {
        return end.await(Deadlines.remaining(until), TimeUnit.NANOSECONDS);
    }

    /** The peer has everything. */
    void written() {
        end.countDown();
        if (whenWritten != null) {
            whenWritten.run();
        }
    }

    /** Nothing more will be written. */
    void abandon() {
        end.countDown();
    }

    void add(ByteBuffer[] buffers) {
        for (ByteBuffer buffer : buffers) {
            add(buffer);
        }
    }

    private void add(ByteBuffer bytes) {
        grow(bytes.remaining());
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
        grow(-head.remaining());
        return head;
    }

    private void grow(int bytes) {
        long before = size; // changed by no other thread meanwhile
        size = before + bytes;
    }
}
