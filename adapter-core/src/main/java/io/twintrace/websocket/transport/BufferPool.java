package io.twintrace.websocket.transport;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Direct buffers of one size, shared by all connections, so that an idle connection holds none. Keeps at most a fixed
 * number of them at rest, of which the one used last goes first, since it is most likely in a processor's cache; more than
 * that may be lent. Safe for use by any thread.
 */
public final class BufferPool {
    private final int bufferSize;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final ByteBuffer[] resting;
    private int atRest;

    private final AtomicInteger lent = new AtomicInteger();

    /**
     * @param bufferSize of each buffer, in bytes
     * @param mostAtRest how many unused buffers are kept
     */
    public BufferPool(int bufferSize, int mostAtRest) {
        this.bufferSize = bufferSize;
        this.resting = new ByteBuffer[mostAtRest];
    }

    /** Lends an empty buffer, big-endian, to be given back by {@link #release}. */
    public ByteBuffer acquire() {
        ByteBuffer buffer = poll();
        if (buffer == null) {
            buffer = ByteBuffer.allocateDirect(bufferSize);
        }
        lent.incrementAndGet(); // last: where memory is short, nothing was lent
        return buffer;
    }

    private ByteBuffer poll() {
        lock.lock();
        try {
            if (atRest == 0) {
                return null;
            }
            ByteBuffer buffer = resting[--atRest];
            resting[atRest] = null;
            return buffer;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a lent buffer back; the caller must not touch it again. */
    public void release(ByteBuffer buffer) {
        buffer.clear();
        lent.decrementAndGet();
        lock.lock();
        try {
            if (atRest < resting.length) {
                resting[atRest++] = buffer;
            }
        } finally {
            lock.unlock();
        }
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
