package io.twintrace.websocket.internal.io;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Direct buffers in which messages are put together as they arrive, of a few sizes from 4 KiB to 1 MiB, each four times
 * the one before. Bounded: of each size there is never more than a 128th of the heap, and 32 MiB, lent and at rest
 * together, made when it is needed first and kept then. Safe for use by any thread.
 *
 * <p>Unlike {@link BufferPool}, which lends to everybody since nobody keeps a buffer for long, this one may have
 * nothing to lend: a peer may take its time to send the rest of a message.
 */
public final class MessagePool {
    /** A buffer has this many times the size of the next smaller one at most. */
    public static final int STEP = 4;

    /** The smallest buffer, in bytes. */
    public static final int SMALLEST = 4 * 1024;

    private static final int SIZES = 5;

    private static final int MOST_BYTES_OF_A_SIZE = 32 * 1024 * 1024;

    /** Of the heap, which direct memory is as large as unless it is set; each servlet may have a pool. */
    private static final int HEAP_FRACTION = 128;

    /** To find that no direct memory is left takes half a second, in which the JVM collects garbage. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** When direct memory may be asked for again; for all pools, since they share it. */
    private static volatile long nextTry = System.nanoTime();

    private final Shelf[] shelves = new Shelf[SIZES];

    /** A pool that has no buffers yet. */
    public MessagePool() {
        this(Runtime.getRuntime().maxMemory());
    }

    /** @param heap how many bytes it may have */
    MessagePool(long heap) {
        int most = (int) Math.min(MOST_BYTES_OF_A_SIZE, heap / HEAP_FRACTION);
        int size = SMALLEST;
        for (int i = 0; i < SIZES; i++) {
            shelves[i] = new Shelf(size, most / size);
            size *= STEP;
        }
    }

    /**
     * Lends an empty buffer, big-endian, to be given back by {@link #release}.
     *
     * @param least how many bytes it has to hold
     * @return the smallest that does; null if all of its size are lent, or there is no such size
     */
    public ByteBuffer acquire(int least) {
        for (Shelf shelf : shelves) {
            if (shelf.size >= least) {
                return shelf.take();
            }
        }
        return null;
    }

    /** Takes a lent buffer back; the caller must not touch it again. */
    public void release(ByteBuffer buffer) {
        for (Shelf shelf : shelves) {
            if (shelf.size == buffer.capacity()) {
                shelf.put(buffer.clear());
            }
        }
    }

    /** The balance: how many buffers are lent. */
    public int lent() {
        int lent = 0;
        for (Shelf shelf : shelves) {
            lent += shelf.lent();
        }
        return lent;
    }

    /** The buffers of one size. */
    private static final class Shelf {
        private final int size;
        private final int most;
        private final RestingBuffers resting;
        private final AtomicInteger made = new AtomicInteger();
        private final AtomicInteger lent = new AtomicInteger();

        Shelf(int size, int most) {
            this.size = size;
            this.most = most;
            this.resting = new RestingBuffers(most);
        }

        ByteBuffer take() {
            ByteBuffer buffer = resting.poll();
            if (buffer == null && nextTry - System.nanoTime() <= 0) {
                buffer = make();
            }
            if (buffer != null) {
                lent.incrementAndGet();
            }
            return buffer;
        }

        private ByteBuffer make() {
            if (made.incrementAndGet() <= most) {
                try {
                    return ByteBuffer.allocateDirect(size);
                } catch (OutOfMemoryError e) {
                    nextTry = System.nanoTime() + PAUSE_NANOS;
                }
            }
            made.decrementAndGet();
            return null;
        }

        void put(ByteBuffer buffer) {
            lent.decrementAndGet();
            resting.push(buffer);
        }

        int lent() {
            return lent.get();
        }
    }
}
