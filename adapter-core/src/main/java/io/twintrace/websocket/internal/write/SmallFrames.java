package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.internal.io.BufferPool;
import java.nio.ByteBuffer;

/**
 * Holds small frames that were put aside to leave together, in a pooled buffer. The holder of the {@link FrameLock}
 * calls these methods, except where they say otherwise.
 */
final class SmallFrames {
    private final BufferPool pool;

    /** Null if there are no frames. Written under the lock, and read without it. */
    private volatile ByteBuffer frames;

    /** The number of bytes in whole frames. An error has cut off the bytes behind them, which are overwritten. */
    private int whole;

    /** Whether some frames may be written already, so that no more can be added. */
    private boolean leaving;

    SmallFrames(BufferPool pool) {
        this.pool = pool;
    }

    /** Returns whether there are no frames. Any thread may call this, without the lock. */
    boolean isEmpty() {
        return frames == null;
    }

    /** Returns whether a frame of this length fits if there are no others. Any thread may call this. */
    boolean mayHold(long length) {
        return length <= pool.bufferSize();
    }

    /**
     * Returns a buffer with room at its position for a frame that {@linkplain #mayHold may fit}; null if it does not.
     */
    ByteBuffer room(long length) {
        if (frames == null) {
            frames = pool.acquire();
        }
        return !leaving && length <= frames.limit() - whole ? frames.position(whole) : null;
    }

    /** Confirms that the room holds a whole frame. */
    void add() {
        whole = frames.position();
    }

    /** Returns the bytes to write. Call {@link #release} once they are written. */
    ByteBuffer leaving() {
        if (!leaving) {
            leaving = true;
            frames.position(whole).flip();
        }
        return frames;
    }

    /** Removes all frames. They must be written or copied, or they are lost. */
    void release() {
        ByteBuffer written = frames;
        if (written != null) {
            frames = null;
            whole = 0;
            leaving = false;
            pool.release(written);
        }
    }
}
