package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.internal.frame.FrameHeader;
import io.twintrace.websocket.internal.frame.FrameHeaderDecoder;
import io.twintrace.websocket.internal.frame.Masking;
import io.twintrace.websocket.internal.io.BufferPool;
import java.nio.ByteBuffer;

/**
 * What has arrived from the peer and is not taken yet: in a pooled buffer, which is held only while there is something.
 */
final class ArrivedBytes implements InputBytes {
    private final BufferPool pool;

    /** Null while there is nothing, or the beginning of a header only. */
    private ByteBuffer buffer;

    private final HeaderBeginning beginning = new HeaderBeginning();

    ArrivedBytes(BufferPool pool) {
        this.pool = pool;
    }

    /** Where more goes, at the position; to be followed by {@link #filled}. */
    ByteBuffer room() {
        if (buffer == null) {
            buffer = pool.acquire();
            beginning.moveTo(buffer);
        } else {
            buffer.compact();
        }
        return buffer;
    }

    /** There may be more in the buffer now. */
    void filled() {
        buffer.flip();
    }

    int remaining() {
        return buffer == null ? beginning.length() : buffer.remaining();
    }

    /** How many bytes there can be at once. */
    int capacity() {
        return pool.bufferSize();
    }

    /** What there is, between position and limit; only while that is more than the beginning of a header. */
    ByteBuffer buffer() {
        return buffer;
    }

    /** Moves bytes as they are; there must be as many. */
    void moveTo(ByteBuffer into, int length) {
        if (length > 0) {
            into.put(into.position(), buffer, buffer.position(), length).position(into.position() + length);
            buffer.position(buffer.position() + length);
        }
    }

    /** Gives the buffer back if nothing is left in it. */
    void releaseIfEmpty() {
        if (buffer != null && !buffer.hasRemaining()) {
            release();
        }
    }

    /** Gives the buffer back, in which there may be the beginning of a header, and nothing else. */
    void keepBeginning() {
        if (buffer != null) {
            beginning.keep(buffer);
            pool.release(buffer);
            buffer = null;
        }
    }

    /** Gives the buffer back; what has arrived is lost. */
    void release() {
        beginning.drop();
        if (buffer != null) {
            pool.release(buffer);
            buffer = null;
        }
    }

    @Override
    public boolean readHeader(FrameHeaderDecoder decoder, FrameHeader header) throws ProtocolException {
        return buffer != null && decoder.decode(buffer, header);
    }

    @Override
    public int take(byte[] into, int offset, int most, int key, long position) {
        int n = Math.min(most, remaining());
        if (n > 0) {
            Masking.copy(buffer, buffer.position(), into, offset, n, key, position);
            buffer.position(buffer.position() + n);
        }
        return n;
    }
}
