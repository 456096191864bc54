package io.twintrace.websocket.internal.io;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;

/**
 * Lends buffers of one size, direct or on the heap, to all connections, so that an idle connection holds none. Keeps a
 * fixed number of {@linkplain Spares unused buffers} at most; lends as many as are asked for. Safe for use by any thread.
 */
public final class BufferPool {
    private final int bufferSize;
    private final IntFunction<ByteBuffer> maker;
    private final Spares<ByteBuffer> unused;

    private final LongAdder lent = new LongAdder();

    /**
     * Creates a pool of direct buffers.
     *
     * @param bufferSize the size of each buffer, in bytes
     * @param maxAtRest the number of unused buffers to keep, at least one
     */
    public BufferPool(int bufferSize, int maxAtRest) {
        this(bufferSize, maxAtRest, ByteBuffer::allocateDirect);
    }

    /** Creates a pool of buffers with arrays, for code that accepts only arrays. */
    public static BufferPool onHeap(int bufferSize, int maxAtRest) {
        return new BufferPool(bufferSize, maxAtRest, ByteBuffer::allocate);
    }

    private BufferPool(int bufferSize, int maxAtRest, IntFunction<ByteBuffer> maker) {
        this.bufferSize = bufferSize;
        this.maker = maker;
        this.unused = new Spares<>(maxAtRest);
    }

    /** Lends an empty, big-endian buffer. The caller gives it back with {@link #release}. */
    public ByteBuffer acquire() {
        ByteBuffer buffer = unused.take();
        if (buffer == null) {
            buffer = maker.apply(bufferSize);
        }
        lent.increment(); // last: when memory is short, the pool has lent nothing
        return buffer;
    }

    /** Takes a lent buffer back; the caller must not touch it again. */
    public void release(ByteBuffer buffer) {
        buffer.clear();
        lent.decrement();
        unused.giveBack(buffer);
    }

    /** Removes a lent buffer from the count. Call this for a buffer that another thread may still use. */
    public void discard() {
        lent.decrement();
    }

    /** Returns the number of lent buffers. It is exact only while no thread borrows or gives back a buffer. */
    public int lent() {
        return Math.max(0, lent.intValue());
    }

    /** Returns the size of each buffer, in bytes. */
    public int bufferSize() {
        return bufferSize;
    }
}
