package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.internal.io.Deadlines;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Bytes that the peer has not taken yet, from the first such byte until none is left, and the threads that wait for
 * that. It holds copies, unless the owner of a large buffer waits and leaves it alone. One thread at a time changes it.
 */
final class PendingWrites {
    /** The size of the buffers for small pieces. */
    private static final int CHUNK = 16 * 1024;

    private static final ByteBuffer FULL = ByteBuffer.allocate(0);

    private final ArrayDeque<ByteBuffer> chunks = new ArrayDeque<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final long begun = System.nanoTime();
    private volatile long size;

    /** The bytes that were handed out last, which the transport writes. */
    private volatile int handedOut;

    private volatile long deadline = Deadlines.NONE;

    /** Whether the thread that waits has to go on writing. */
    private volatile boolean paused;

    /** Null if there is nothing to do. */
    private Runnable whenWritten;

    /** The last of the chunks, if it is one that may be added to. */
    private ByteBuffer tail = FULL;

    /** Returns when the first of these bytes began to wait. Any thread. */
    long begun() {
        return begun;
    }

    /** Returns the number of bytes that were not handed out. Any thread. */
    long size() {
        return size;
    }

    /** Returns the number of bytes that the peer has not taken, at most. Any thread. */
    long untaken() {
        return size + handedOut;
    }

    /** Returns the time by which the peer must take what was handed out last. Any thread. */
    long deadline() {
        return deadline;
    }

    void deadline(long newDeadline) {
        deadline = newDeadline;
    }

    /**
     * Returns whether the thread that waits has to go on writing, because it has written enough at once. Any thread.
     */
    boolean isPaused() {
        return paused;
    }

    void paused(boolean isPaused) {
        paused = isPaused;
    }

    /** Adds an action to run once the peer has everything. */
    void whenWritten(Runnable action) {
        Runnable before = whenWritten;
        whenWritten = before == null
                ? action
                : () -> {
                    before.run();
                    action.run();
                };
    }

    /**
     * Waits until the peer has everything or writing has ended. Any thread.
     *
     * @throws SocketTimeoutException at the deadline
     */
    void awaitEnd(long until) throws IOException {
        try {
            if (!end.await(Deadlines.remaining(until), TimeUnit.NANOSECONDS)) {
                throw timeout();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the peer to read");
        }
    }

    static SocketTimeoutException timeout() {
        return new SocketTimeoutException("timed out waiting for the peer to read");
    }

    /** Announces that the peer has everything. */
    void written() {
        end.countDown();
        if (whenWritten != null) {
            whenWritten.run();
        }
    }

    /** Announces that nothing more will be written. */
    void abandon() {
        end.countDown();
    }

    /** @param lastStays whether the last buffer stays as it is until everything is written */
    void add(ByteBuffer[] buffers, boolean lastStays) {
        for (int i = 0; i < buffers.length; i++) {
            ByteBuffer bytes = buffers[i];
            if (lastStays && i == buffers.length - 1 && bytes.remaining() >= CHUNK) {
                addItself(bytes);
            } else {
                addCopy(bytes);
            }
        }
    }

    private void addItself(ByteBuffer bytes) {
        grow(bytes.remaining());
        tail = FULL;
        while (bytes.hasRemaining()) {
            int n = Math.min(bytes.remaining(), Pieces.sizeOf(bytes));
            chunks.add(bytes.slice(bytes.position(), n).position(n)); // as if it had been filled
            bytes.position(bytes.position() + n);
        }
    }

    private void addCopy(ByteBuffer bytes) {
        grow(bytes.remaining());
        while (bytes.hasRemaining()) {
            if (!tail.hasRemaining()) {
                tail = ByteBuffer.allocate(Math.max(CHUNK, Math.min(bytes.remaining(), Pieces.MAX_COPIED)));
                chunks.add(tail);
            }
            int n = Math.min(tail.remaining(), bytes.remaining());
            tail.put(bytes.slice(bytes.position(), n));
            bytes.position(bytes.position() + n);
        }
    }

    /** Hands out the next bytes, or null if there are none. Those handed out before are gone. */
    @SuppressWarnings("ReferenceEquality") // compares identity on purpose
    ByteBuffer next() {
        ByteBuffer head = chunks.poll();
        if (head == null) {
            handedOut = 0;
            return null;
        }
        if (head == tail) {
            tail = FULL; // nothing is added to what is handed out
        }
        head.flip();
        handedOut = head.remaining();
        grow(-head.remaining());
        return head;
    }

    private void grow(int bytes) {
        long before = size; // no other thread changes it meanwhile
        size = before + bytes;
    }
}
