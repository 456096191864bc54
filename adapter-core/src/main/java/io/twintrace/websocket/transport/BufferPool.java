package io.twintrace.websocket.transport;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Direct buffers of one size, shared by all connections, so that an idle connection holds none. Keeps at most a fixed
 * number of them at rest; more than that may be lent. Safe for use by any thread.
 */
public final class BufferPool {
    private final int bufferSize;
    private final ArrayBlockingQueue<ByteBuffer> resting;
    private final AtomicInteger lent = new AtomicInteger();

    /**
     * @param bufferSize of each buffer, in bytes
     * @param mostAtRest how many unused buffers are kept
     */
    public BufferPool(int bufferSize, int mostAtRest) {
        this.bufferSize = bufferSize;
        this.resting = new ArrayBlockingQueue<>(mostAtRest);
    }

    /** Lends an empty buffer, big-endian, to be given back by {@link #release}. */
    public ByteBuffer acquire() {
        ByteBuffer buffer = resting.poll();
        if (buffer == null) {
            buffer = ByteBuffer.allocateDirect(bufferSize);
        }
        lent.incrementAndGet(); // last: where memory is short, nothing was lent
        return buffer;
    }

    /** Takes a lent buffer back; the caller must not touch it again. */
    public void release(ByteBuffer buffer) {
        lent.decrementAndGet();
        resting.offer(buffer.clear());
    }

    /** Strikes a lent buffer off the books that some thread may still be using, so that nobody gets it again. */
    public void discard() {
        lent.decrementAndGet();
    }

    /** The balance: how many buffers are lent at the moment. */
    public int lent() {
        return lent.get();
    }

    /** The size of each buffer, in bytes. */
    public int bufferSize() {
        return bufferSize;
    }
}
