package io.twintrace.websocket.internal.io;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;

/**
 * Lends buffers of one size, direct or on the heap, to all connections, so that an idle connection holds none. Keeps a
 * fixed number of unused buffers at most; lends as many as are asked for. A thread most likely gets the buffer that it
 * gave back last, which is still in its processor's cache. Safe for use by any thread.
 *
 * <p>Threads borrow and give back a buffer for each message. To keep them from contending, a thread gives a buffer back
 * to a place that it shares with few others. Only the buffer that this displaces goes to the common stack.
 */
public final class BufferPool {
    private static final int MAX_AT_HAND =
            Integer.highestOneBit(2 * Runtime.getRuntime().availableProcessors());

    /** At most one in this many unused buffers may be at hand, where other threads do not find it. */
    private static final int AT_HAND_FRACTION = 8;

    /** The number of references in a cache line. Threads that share a line contend for it. */
    private static final int STRIDE = 16;

    private final int bufferSize;
    private final IntFunction<ByteBuffer> maker;

    /** The number of places, a power of two, minus one. */
    private final int placeMask;

    private final AtomicReferenceArray<ByteBuffer> atHand;
    private final BoundedStack<ByteBuffer> resting;

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
        int places = Math.min(MAX_AT_HAND, Integer.highestOneBit(Math.max(1, maxAtRest / AT_HAND_FRACTION)));
        this.placeMask = places - 1;
        this.atHand = new AtomicReferenceArray<>((places + 1) * STRIDE); // the first stride lies beside the length
        this.resting = new BoundedStack<>(Math.max(0, maxAtRest - places));
    }

    /** Lends an empty, big-endian buffer. The caller gives it back with {@link #release}. */
    public ByteBuffer acquire() {
        ByteBuffer buffer = atHand.getAndSet(place(), null);
        if (buffer == null) {
            buffer = resting.poll();
        }
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
        ByteBuffer displaced = atHand.getAndSet(place(), buffer);
        if (displaced != null) {
            boolean unused = resting.push(displaced); // a full stack drops it
        }
    }

    private int place() {
        return (((int) Thread.currentThread().getId() & placeMask) + 1) * STRIDE;
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
