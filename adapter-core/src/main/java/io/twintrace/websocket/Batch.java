package io.twintrace.websocket;

import io.twintrace.websocket.transport.BufferPool;
import java.nio.ByteBuffer;

/**
 * Small frames that were put aside to leave together, in a pooled buffer. Under the frame lock of {@link FrameOutput}.
 */
final class Batch {
    private final BufferPool pool;

    /** Null while it is empty. */
    private ByteBuffer frames;

    Batch(BufferPool pool) {
        this.pool = pool;
    }

    boolean isEmpty() {
        return frames == null;
    }

    /** Where a frame of so many bytes can be put, at the position; null where it does not fit. */
    ByteBuffer room(long length) {
        if (frames == null) {
            if (length > pool.bufferSize()) {
                return null;
            }
            frames = pool.acquire();
        }
        return length <= frames.remaining() ? frames : null;
    }

    /** The frames, to be written once, and then {@linkplain #release given back}. */
    ByteBuffer flip() {
        return frames.flip();
    }

    /** Empties it; what was in it was written, copied or is lost. */
    void release() {
        ByteBuffer written = frames;
        if (written != null) {
            frames = null;
            pool.release(written);
        }
    }

    /** Empties it, while the transport may still have its hands on the buffer. */
    void discard() {
        if (frames != null) {
            frames = null;
            pool.discard();
        }
    }
}
