package io.twintrace.websocket;

import io.twintrace.websocket.frame.FrameHeader;
import io.twintrace.websocket.frame.FrameHeaderDecoder;
import io.twintrace.websocket.frame.Masking;
import io.twintrace.websocket.frame.ProtocolException;
import io.twintrace.websocket.transport.BufferPool;
import java.nio.ByteBuffer;

/**
 * What has arrived from the peer and is not taken yet: in a pooled buffer, which is held only while there is something.
 */
final class ArrivedBytes implements InputBytes {
    private final BufferPool pool;

    /** Null while there is nothing. */
    private ByteBuffer buffer;

    ArrivedBytes(BufferPool pool) {
        this.pool = pool;
    }

    /** Where more goes, at the position; to be followed by {@link #filled}. */
    ByteBuffer room() {
        if (buffer == null) {
            buffer = pool.acquire();
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
        return buffer == null ? 0 : buffer.remaining();
    }

    /** How many bytes there can be at once. */
    int capacity() {
        return pool.bufferSize();
    }

    /** What there is, between position and limit; only while there is something. */
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

    /** Gives the buffer back; what was in it is lost. */
    void release() {
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
