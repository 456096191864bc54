package io.twintrace.websocket.internal.io;

import java.nio.ByteBuffer;

/**
 * Lends buffers to read into. Most input fits into a usual one. A large message takes fewer reads, and is copied less, with
 * a large one. There are as many usual buffers as are asked for, and only some large ones. Safe for use by any thread.
 */
public final class InputBuffers {
    private static final int LARGE = 256 * 1024;

    private final BufferPool usual;

    /** Not that of a {@link MessagePool}: an application may keep input waiting as long as it likes. */
    private final Shelf large;

    public InputBuffers(BufferPool usual) {
        this(usual, Runtime.getRuntime().maxMemory());
    }

    /** @param heap the maximum size of the heap, in bytes */
    InputBuffers(BufferPool usual, long heap) {
        this.usual = usual;
        this.large = new Shelf(LARGE, heap);
    }

    /** Returns the pool of the usual buffers. */
    public BufferPool usual() {
        return usual;
    }

    /** Returns the number of lent buffers. It is exact only while no thread borrows or gives back a buffer. */
    public int lent() {
        return usual.lent() + large.lent();
    }

    /** Returns the number of lent buffers that are large. */
    public int lentLarge() {
        return large.lent();
    }

    /**
     * Lends an empty, big-endian buffer. The caller gives it back with {@link #release}.
     *
     * @param expected how many bytes most likely can be read at once. If they do not fit into a usual buffer, this lends
     *     a large one if it can
     */
    public ByteBuffer acquire(long expected) {
        ByteBuffer buffer = null;
        if (expected > usual.bufferSize() && usual.bufferSize() < LARGE) {
            buffer = large.take();
        }
        return buffer != null ? buffer : usual.acquire();
    }

    /** Takes a lent buffer back; the caller must not touch it again. */
    public void release(ByteBuffer buffer) {
        if (isUsual(buffer)) {
            usual.release(buffer);
        } else {
            large.put(buffer);
        }
    }

    /**
     * Returns a buffer with the same bytes between position and limit, which is large only if they need it, or memory is
     * short. The given buffer must be one that this has lent, and the caller must not touch it again if another is
     * returned.
     */
    public ByteBuffer fit(ByteBuffer read) {
        if (isUsual(read) || read.remaining() > usual.bufferSize()) {
            return read;
        }
        ByteBuffer smaller;
        try {
            smaller = usual.acquire();
        } catch (OutOfMemoryError e) {
            return read; // what was read must not be lost
        }
        smaller.put(read).flip();
        large.put(read);
        return smaller;
    }

    private boolean isUsual(ByteBuffer buffer) {
        return buffer.capacity() == usual.bufferSize();
    }
}
