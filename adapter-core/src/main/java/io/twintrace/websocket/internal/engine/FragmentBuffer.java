package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.frame.FrameHeaderEncoder;
import io.twintrace.websocket.internal.frame.Opcode;
import io.twintrace.websocket.internal.io.BufferPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Collects what becomes the next frame, in a pooled buffer with room for the header in front, so that both leave in one
 * piece. For the thread inside the detector's guard, but for {@link #abandon()}.
 */
final class FragmentBuffer {
    /** Where the content begins. */
    static final int CONTENT = FrameHeaderEncoder.MAX_BYTES;

    private final FrameWriter frames;
    private final BufferPool pool;

    private ByteBuffer buffer;

    /** The pooled buffer that is not given back yet; whoever takes it out settles the account with the pool. */
    private final AtomicReference<ByteBuffer> lent = new AtomicReference<>();

    FragmentBuffer(FrameWriter frames, BufferPool pool) {
        this.frames = frames;
        this.pool = pool;
    }

    void open() {
        buffer = pool.acquire().position(CONTENT);
        lent.set(buffer);
    }

    boolean isOpen() {
        return buffer != null;
    }

    /** Where the next byte goes, up to the limit. */
    ByteBuffer bytes() {
        return buffer;
    }

    /** How many bytes the frame would have now. */
    int length() {
        return buffer.position() - CONTENT;
    }

    /** Sends a frame of everything, and is empty then. */
    void send(boolean fin, boolean rsv1, Opcode opcode) throws IOException {
        int length = length();
        int start = CONTENT - FrameHeaderEncoder.size(length);
        buffer.limit(buffer.position()).position(start);
        FrameHeaderEncoder.encode(buffer, fin, rsv1, opcode, length);
        buffer.position(start);
        frames.writeEncoded(buffer);
        clear();
    }

    void clear() {
        buffer.clear().position(CONTENT);
    }

    /** Gives the buffer back, unless a write has failed: the transport may still have its hands on it. */
    void close(boolean reusable) {
        if (lent.getAndSet(null) != null) {
            if (reusable) {
                pool.release(buffer);
            } else {
                pool.discard();
            }
        }
        buffer = null;
    }

    /** Settles the account with the pool for a message that nobody will finish. For any thread, at the very end. */
    void abandon() {
        if (lent.getAndSet(null) != null) {
            pool.discard(); // not released: a thread may be writing into it right now
        }
    }
}
