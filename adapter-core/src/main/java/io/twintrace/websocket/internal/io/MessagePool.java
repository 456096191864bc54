package io.twintrace.websocket.internal.io;

import java.nio.ByteBuffer;

/**
 * Lends direct buffers in which messages are put together as they arrive. There are a few sizes from 4 KiB to 1 MiB,
 * each four times the one before. All buffers of one size, lent and unused, together take at most a 128th of the heap
 * and never more than 32 MiB. The pool creates a buffer at its first use and keeps it. Safe for use by any thread.
 *
 * <p>A {@link BufferPool} always lends, since nobody keeps its buffers for long. This pool may have nothing to lend,
 * because a peer may take its time to send the rest of a message.
 */
public final class MessagePool {
    /** The factor between one size and the next. */
    public static final int STEP = 4;

    /** The smallest buffer, in bytes. */
    public static final int SMALLEST = 4 * 1024;

    private static final int SIZES = 5;

    private final Shelf[] shelves = new Shelf[SIZES];

    /** Creates a pool that has no buffers yet. */
    public MessagePool() {
        this(Runtime.getRuntime().maxMemory());
    }

    /** @param heap the maximum size of the heap, in bytes */
    MessagePool(long heap) {
        int size = SMALLEST;
        for (int i = 0; i < SIZES; i++) {
            shelves[i] = new Shelf(size, heap);
            size *= STEP;
        }
    }

    /**
     * Lends an empty, big-endian buffer. The caller gives it back with {@link #release}.
     *
     * @param minBytes the capacity that the caller needs
     * @return the smallest buffer that suffices; null if all of its size are lent, or no size is large enough
     */
    public ByteBuffer acquire(int minBytes) {
        for (Shelf shelf : shelves) {
            if (shelf.size() >= minBytes) {
                return shelf.take();
            }
        }
        return null;
    }

    /** Takes a lent buffer back; the caller must not touch it again. */
    public void release(ByteBuffer buffer) {
        for (Shelf shelf : shelves) {
            if (shelf.size() == buffer.capacity()) {
                shelf.put(buffer);
            }
        }
    }

    /** Returns the number of lent buffers. */
    public int lent() {
        int lent = 0;
        for (Shelf shelf : shelves) {
            lent += shelf.lent();
        }
        return lent;
    }
}
