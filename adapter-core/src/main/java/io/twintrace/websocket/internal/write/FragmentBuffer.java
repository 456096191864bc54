package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.internal.frame.FrameHeaderEncoder;
import io.twintrace.websocket.internal.frame.Opcode;
import io.twintrace.websocket.internal.io.BufferPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Collects the payload of the next frame in a pooled buffer. The buffer has room for the header in front, so that both
 * leave in one piece. Only the thread inside the detector's guard calls these methods, except {@link #abandon()}.
 */
class FragmentBuffer {
    /** Where the content begins. */
    static final int CONTENT = FrameHeaderEncoder.MAX_BYTES;

    private final FrameWriter frames;
    private final BufferPool pool;

    private ByteBuffer buffer;

    /** The pooled buffer that is not given back yet. The thread that takes it out settles the account with the pool. */
    private final AtomicReference<ByteBuffer> lent = new AtomicReference<>();

    FragmentBuffer(FrameWriter frames, BufferPool pool) {
        this.frames = frames;
        this.pool = pool;
    }

    final void open() {
        buffer = pool.acquire().position(CONTENT);
        lent.set(buffer);
    }

    final boolean isOpen() {
        return buffer != null;
    }

    /** Returns the buffer, with the next byte's place at its position. */
    final ByteBuffer bytes() {
        return buffer;
    }

    /** Returns how many bytes of payload the frame would have now. */
    final int length() {
        return buffer.position() - CONTENT;
    }

    /** Sends the content as one frame, and empties the buffer. */
    final void send(boolean fin, boolean rsv1, Opcode opcode) throws IOException {
        int length = length();
        int start = CONTENT - FrameHeaderEncoder.size(length);
        buffer.limit(buffer.position()).position(start);
        FrameHeaderEncoder.encode(buffer, fin, rsv1, opcode, length);
        buffer.position(start);
        frames.writeEncoded(buffer);
        clear();
    }

    final void clear() {
        buffer.clear().position(CONTENT);
    }

    /**
     * Gives the buffer back for reuse. After a failed write it is discarded, because the transport may still use it.
     */
    final void close(boolean reusable) {
        if (lent.getAndSet(null) != null) {
            if (reusable) {
                pool.release(buffer);
            } else {
                pool.discard();
            }
        }
        buffer = null;
    }

    /**
     * Settles the account with the pool for a message that no thread will finish. Any thread may call this, when the
     * connection ends.
     */
    final void abandon() {
        if (lent.getAndSet(null) != null) {
            pool.discard(); // not released, because a thread may be writing into it right now
        }
    }
}
