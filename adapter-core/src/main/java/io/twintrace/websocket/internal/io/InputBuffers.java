package io.twintrace.websocket.internal.io;

import java.nio.ByteBuffer;

/**
 * Lends buffers to read into. Most input fits into a usual one. A large message takes fewer reads, and is copied less, with
 * a large one. Safe for use by any thread.
 *
 * @param usual lends as many as are asked for
 * @param large may have none to lend
 */
public record InputBuffers(BufferPool usual, MessagePool large) {
    /** The size of a large buffer, in bytes. */
    private static final int LARGE = 256 * 1024;

    /**
     * Lends an empty, big-endian buffer. The caller gives it back with {@link #release}.
     *
     * @param expected how many bytes most likely can be read. If they do not fit into a usual buffer, this lends a large
     *     one if it can
     */
    public ByteBuffer acquire(long expected) {
        ByteBuffer buffer = null;
        if (expected > usual.bufferSize() && usual.bufferSize() < LARGE) {
            buffer = large.acquire(LARGE);
        }
        return buffer != null ? buffer : usual.acquire();
    }

    /** Takes a lent buffer back; the caller must not touch it again. */
    public void release(ByteBuffer buffer) {
        if (buffer.capacity() == usual.bufferSize()) {
            usual.release(buffer);
        } else {
            large.release(buffer);
        }
    }
}
