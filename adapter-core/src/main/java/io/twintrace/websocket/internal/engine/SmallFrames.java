package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.io.BufferPool;
import java.nio.ByteBuffer;

/**
 * Small frames that were put aside to leave together, in a pooled buffer. Under the frame lock of {@link FrameWriter}.
 */
final class SmallFrames {
    private final BufferPool pool;

    /** Null while it is empty. Written under the lock, and looked at without it. */
    private volatile ByteBuffer frames;

    /** How many bytes are whole frames; what stands behind them was cut off by an error, and is overwritten. */
    private int whole;

    /** Whether some of it may be written already, so that nothing can be added. */
    private boolean leaving;

    SmallFrames(BufferPool pool) {
        this.pool = pool;
    }

    /** Any thread, without the lock. */
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
        return !leaving && length <= frames.limit() - whole ? frames.position(whole) : null;
    }

    /** The frame stands whole in the room. */
    void add() {
        whole = frames.position();
    }

    /** What is to be written of the frames; once that is done they are {@linkplain #release given back}. */
    ByteBuffer leaving() {
        if (!leaving) {
            leaving = true;
            frames.position(whole).flip();
        }
        return frames;
    }

    /** Empties it; what was in it was written, copied or is lost. */
    void release() {
        ByteBuffer written = frames;
        if (written != null) {
            frames = null;
            whole = 0;
            leaving = false;
            pool.release(written);
        }
    }

    /** Empties it, while the transport may still have its hands on the buffer. */
    void discard() {
        if (frames != null) {
            frames = null;
            whole = 0;
            leaving = false;
            pool.discard();
        }
    }
}
