package io.twintrace.websocket.internal.read;

import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.internal.frame.FrameHeader;
import io.twintrace.websocket.internal.frame.FrameHeaderDecoder;
import io.twintrace.websocket.internal.frame.Masking;
import io.twintrace.websocket.internal.io.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Holds the bytes that have arrived and are not taken yet. They lie in a pooled buffer or in a buffer of the transport.
 * This holds a buffer only while it contains bytes, and keeps the beginning of a header elsewhere. Only the reading
 * thread calls these methods.
 */
final class ReadBuffer {
    /** Whose bytes these are; null between two connections. */
    private Source source;

    /** The bytes, between position and limit; null if there are none, or only the beginning of a header. */
    private ByteBuffer buffer;

    /** Whether the buffer belongs to the transport. */
    private boolean borrowed;

    /** The beginning of a header, so that a peer that sends only a byte does not occupy a whole buffer; null if none. */
    private byte[] beginning;

    /** Whether the last read left room and was short, so that most likely nothing more can be read now. */
    private boolean drained;

    /** Holds the bytes of this connection from now on; of none if null. It must not hold any of another one. */
    void attach(Source next) {
        source = next;
        drained = false;
    }

    Source source() {
        return source;
    }

    /**
     * Reads once from the transport. A buffer of the transport must contain at most the beginning of a header now.
     *
     * @param expected how many bytes are known to come, which need not have arrived
     * @return how many bytes; 0 if none are available; -1 at the end of the stream
     */
    int fill(long expected) throws IOException {
        if (borrowed) {
            keepBeginning();
        }
        if (buffer == null && beginning == null && borrow()) {
            return buffer.remaining();
        }
        if (buffer == null && !source.transport().mayHaveInput()) {
            drained = true;
            return 0;
        }
        makeRoom(expected);
        int n = -1;
        try {
            n = source.transport().read(buffer);
            return n;
        } finally {
            drained = isDrained(buffer, n);
            buffer = source.buffers().fit(buffer.flip());
        }
    }

    private boolean borrow() {
        Transport transport = source.transport();
        buffer = transport.lend();
        borrowed = buffer != null;
        drained = borrowed && buffer.limit() < buffer.capacity() && !transport.mayHaveInput();
        return borrowed;
    }

    private void makeRoom(long expected) {
        if (buffer == null) {
            buffer = source.buffers().acquire(source.transport().mayBringMuch() ? expected : 0);
            if (beginning != null) {
                buffer.put(beginning);
                beginning = null;
            }
        } else {
            buffer.compact();
        }
    }

    boolean isDrained() {
        return drained;
    }

    /** Notes that the transport has written so many bytes into another buffer. */
    void filled(ByteBuffer other, int bytes) {
        drained = isDrained(other, bytes);
    }

    /**
     * A read of at least a usual buffer's capacity may be one TLS record, or all that the transport has read ahead, and
     * more may follow.
     */
    private boolean isDrained(ByteBuffer filled, int bytes) {
        return filled.hasRemaining() && bytes < capacity();
    }

    /** Returns whether it holds nothing, not even the beginning of a header. */
    boolean isEmpty() {
        return buffer == null && beginning == null;
    }

    int remaining() {
        if (buffer != null) {
            return buffer.remaining();
        }
        return beginning == null ? 0 : beginning.length;
    }

    /** Returns whether there is more than the beginning of a header. */
    boolean hasMore() {
        ByteBuffer current = buffer;
        return current != null && current.hasRemaining();
    }

    /** Returns how many bytes this can hold at least. */
    int capacity() {
        return source.buffers().usual().bufferSize();
    }

    /** Returns how many bytes this can hold if more are read behind the present ones; 0 if that is impossible. */
    int capacityBehind() {
        if (borrowed) {
            return 0;
        }
        return buffer != null ? buffer.capacity() : capacity();
    }

    /**
     * Returns the bytes, between position and limit. Call this only if there is more than the beginning of a header.
     */
    ByteBuffer bytes() {
        return buffer;
    }

    /** Moves this many bytes without unmasking them. They must have arrived. */
    void moveTo(ByteBuffer into, int length) {
        if (length > 0) {
            into.put(into.position(), buffer, buffer.position(), length).position(into.position() + length);
            buffer.position(buffer.position() + length);
        }
    }

    /** Moves bytes without unmasking them. Enough to fill the array must have arrived. */
    void moveTo(byte[] into) {
        if (into.length > 0) {
            buffer.get(into);
        }
    }

    /** Takes the next frame's header. Returns false, and takes nothing, if the header has not arrived whole. */
    boolean readHeader(FrameHeaderDecoder decoder, FrameHeader header) throws ProtocolException {
        return buffer != null && decoder.decode(buffer, header);
    }

    /**
     * Takes payload and unmasks it.
     *
     * @param most at least 1
     * @param key the masking key
     * @param position how many bytes of the frame's payload were taken before
     * @return how many bytes; 0 if none have arrived
     */
    int take(byte[] into, int offset, int most, int key, long position) {
        int n = Math.min(most, remaining());
        if (n > 0) {
            Masking.copy(buffer, buffer.position(), into, offset, n, key, position);
            buffer.position(buffer.position() + n);
        }
        return n;
    }

    /** Gives the buffer back if it is empty. */
    void releaseIfEmpty() {
        if (buffer != null && !buffer.hasRemaining()) {
            giveBack();
        }
    }

    /** Gives the buffer back. It must contain at most the beginning of a header, which this keeps. */
    void keepBeginning() {
        if (buffer != null) {
            if (buffer.hasRemaining()) {
                beginning = new byte[buffer.remaining()];
                buffer.get(beginning);
            }
            giveBack();
        }
    }

    /** Gives the buffer back, and drops the bytes that have arrived. */
    void release() {
        beginning = null;
        if (buffer != null) {
            giveBack();
        }
    }

    private void giveBack() {
        ByteBuffer used = buffer;
        buffer = null;
        if (borrowed) {
            borrowed = false;
            source.transport().takeBack();
        } else {
            source.buffers().release(used);
        }
    }
}
