package io.twintrace.websocket.internal.io;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lends direct buffers of one size. All of them, lent and unused, together take at most a 128th of the heap and never
 * more than 32 MiB. Creates a buffer at its first use and keeps it. Safe for use by any thread.
 */
final class Shelf {
    private static final int MAX_BYTES = 32 * 1024 * 1024;

    /** The share of the heap. By default, direct memory is as large as the heap. */
    private static final int HEAP_FRACTION = 128;

    /** How long to wait after a failed allocation: each one takes half a second, in which the JVM collects garbage. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** The time of the next allocation attempt. Static, since all share the direct memory. */
    private static volatile long nextTry = System.nanoTime();

    private final int size;
    private final int max;
    private final BoundedStack<ByteBuffer> resting;
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger lent = new AtomicInteger();

    /**
     * @param size of each buffer, in bytes
     * @param heap the maximum size of the heap, in bytes
     */
    Shelf(int size, long heap) {
        this.size = size;
        this.max = (int) (Math.min(MAX_BYTES, heap / HEAP_FRACTION) / size);
        this.resting = new BoundedStack<>(max);
    }

    int size() {
        return size;
    }

    /** Lends a buffer that is empty, and big-endian; null if all are lent, or memory is short. */
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
        if (made.incrementAndGet() <= max) {
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
        boolean unused = resting.push(buffer.clear()); // there are no more than it holds
    }

    int lent() {
        return lent.get();
    }
}
