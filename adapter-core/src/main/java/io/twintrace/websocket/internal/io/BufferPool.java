package io.twintrace.websocket.internal.io;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;

/**
 * Buffers of one size, direct or on the heap, shared by all connections, so that an idle connection holds none. Keeps at most a fixed
 * number of them at rest; more than that may be lent. What a thread gets is most likely what it gave back last, and so
 * in its processor's cache. Safe for use by any thread.
 *
 * <p>A buffer is borrowed and given back for each message. So that threads seldom meet there, the one that a thread
 * gives back lies at hand, in a place that only few threads share, and only the one that it displaces goes to the
 * others.
 */
public final class BufferPool {
    private static final int MOST_AT_HAND =
            Integer.highestOneBit(2 * Runtime.getRuntime().availableProcessors());

    /** One in so many of those at rest may be at hand, where other threads do not find it. */
    private static final int AT_HAND_FRACTION = 8;

    /** So many references fill a cache line, which is what threads would contend for. */
    private static final int STRIDE = 16;

    private final int bufferSize;
    private final IntFunction<ByteBuffer> maker;

    /** How many places there are, less one; a power of two, less one. */
    private final int placeMask;

    private final AtomicReferenceArray<ByteBuffer> atHand;
    private final RestingBuffers resting;

    private final LongAdder lent = new LongAdder();

    /**
     * Direct buffers.
     *
     * @param bufferSize of each buffer, in bytes
     * @param mostAtRest how many unused buffers are kept; one at least
     */
    public BufferPool(int bufferSize, int mostAtRest) {
        this(bufferSize, mostAtRest, ByteBuffer::allocateDirect);
    }

    /** Buffers with an array each, for what takes nothing else. */
    public static BufferPool onHeap(int bufferSize, int mostAtRest) {
        return new BufferPool(bufferSize, mostAtRest, ByteBuffer::allocate);
    }

    private BufferPool(int bufferSize, int mostAtRest, IntFunction<ByteBuffer> maker) {
        this.bufferSize = bufferSize;
        this.maker = maker;
        int places = Math.min(MOST_AT_HAND, Integer.highestOneBit(Math.max(1, mostAtRest / AT_HAND_FRACTION)));
        this.placeMask = places - 1;
        this.atHand = new AtomicReferenceArray<>((places + 1) * STRIDE); // the first of them lies beside the length
        this.resting = new RestingBuffers(Math.max(0, mostAtRest - places));
    }

    /** Lends an empty buffer, big-endian, to be given back by {@link #release}. */
    public ByteBuffer acquire() {
        ByteBuffer buffer = atHand.getAndSet(place(), null);
        if (buffer == null) {
            buffer = resting.poll();
        }
        if (buffer == null) {
            buffer = maker.apply(bufferSize);
        }
        lent.increment(); // last: where memory is short, nothing was lent
        return buffer;
    }

    /** Takes a lent buffer back; the caller must not touch it again. */
    public void release(ByteBuffer buffer) {
        buffer.clear();
        lent.decrement();
        ByteBuffer displaced = atHand.getAndSet(place(), buffer);
        if (displaced != null) {
            resting.push(displaced);
        }
    }

    private int place() {
        return (((int) Thread.currentThread().getId() & placeMask) + 1) * STRIDE;
    }

    /** Strikes a lent buffer off the books that some thread may still be using, so that nobody gets it again. */
    public void discard() {
        lent.decrement();
    }

    /** The balance: how many buffers are lent; exact where no thread is borrowing or giving back at the moment. */
    public int lent() {
        return Math.max(0, lent.intValue());
    }

    /** The size of each buffer, in bytes. */
    public int bufferSize() {
        return bufferSize;
    }
}
