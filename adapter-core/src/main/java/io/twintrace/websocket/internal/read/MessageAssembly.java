package io.twintrace.websocket.internal.read;

import io.twintrace.websocket.internal.io.MessagePool;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Assembles a message that does not lie in the read buffer as a whole. It uses a pooled buffer, which it exchanges for
 * a larger one as more arrives. Memory grows with what has arrived, not with what the peer declares. If the pool has no
 * buffer for a message, {@link HeapAssembly} assembles it. Only the reading thread calls these methods.
 */
final class MessageAssembly {
    private static final int MAX_CAPACITY = Integer.MAX_VALUE - 8;

    /** The most bytes to inflate at once. Other connections may get the thread after that. */
    private static final int MAX_INFLATED = 64 * 1024;

    private final ReadBuffer arrived;
    private final MessageDecoder decoder;

    /** What has arrived of the message, up to the position; null if it is on the heap, or there is no message. */
    private ByteBuffer pooled;

    private HeapAssembly onHeap;

    /** Takes a byte that may follow a full buffer; null until it is needed. */
    private ByteBuffer oneMore;

    /** @param decoder takes its bytes from {@code arrived} */
    MessageAssembly(ReadBuffer arrived, MessageDecoder decoder) {
        this.arrived = arrived;
        this.decoder = decoder;
    }

    private MessagePool pool() {
        return arrived.source().messagePool();
    }

    /** Returns whether a message is being assembled. */
    boolean isBegun() {
        return pooled != null || onHeap != null;
    }

    /** Begins to assemble the decoder's current message. */
    void begin() {
        pooled = pool().acquire(capacityFor(arrivedOfFrame(), 0));
        if (pooled == null) {
            onHeap = new HeapAssembly(decoder);
        }
    }

    /** Takes what has arrived of the message. Returns false if not all of it has arrived. */
    boolean collect() throws IOException {
        while (pooled != null && isUnfinished()) {
            if (!(decoder.isCompressed() ? inflateArrived() : takeArrived())) {
                return false;
            }
        }
        if (!isBegun()) {
            return false; // a handler of control frames has closed the connection
        }
        return pooled != null ? decoder.isComplete() : onHeap.collect();
    }

    private boolean isUnfinished() throws IOException {
        return decoder.isCompressed() ? !decoder.isComplete() : decoder.toPayload();
    }

    private boolean inflateArrived() throws IOException {
        return pooled.hasRemaining() ? inflateIntoRoom() : inflateBeyond();
    }

    /**
     * Inflates one more byte after a full buffer. Compressed data does not tell its length, so a larger buffer is
     * acquired only once that byte has come.
     */
    private boolean inflateBeyond() throws IOException {
        if (oneMore == null) {
            oneMore = ByteBuffer.allocate(1);
        }
        int n = decoder.inflate(oneMore.clear());
        if (n > 0) {
            grow();
            if (pooled != null) {
                pooled.put(oneMore.get(0));
            } else {
                onHeap.add(oneMore.get(0));
            }
        }
        return n != 0;
    }

    /** Inflates no more than the limit allows, so that bytes beyond it are not even read. */
    private boolean inflateIntoRoom() throws IOException {
        long allowed = Math.min(MAX_INFLATED, Math.max(1, decoder.limit() - pooled.position()));
        pooled.limit((int) Math.min(pooled.capacity(), pooled.position() + allowed));
        try {
            return decoder.inflate(pooled) != 0;
        } finally {
            if (pooled != null) { // else a handler of control frames has closed the connection
                pooled.limit(pooled.capacity());
            }
        }
    }

    private boolean takeArrived() throws IOException {
        if (!pooled.hasRemaining()) {
            grow();
            return true;
        }
        int n = Math.min(arrivedOfFrame(), pooled.remaining());
        arrived.moveTo(pooled, n);
        decoder.takeInPlace(pooled, pooled.position() - n, n);
        return n > 0;
    }

    private int arrivedOfFrame() {
        return (int) Math.min(arrived.remaining(), decoder.frames().known());
    }

    private void grow() {
        int length = pooled.position();
        ByteBuffer larger = pool().acquire(capacityFor(length, length));
        if (larger != null) {
            larger.put(pooled.flip());
            pool().release(pooled);
            pooled = larger;
        } else {
            onHeap = new HeapAssembly(decoder, pooled.flip());
            pool().release(pooled);
            pooled = null;
        }
    }

    /** Returns the capacity to acquire. Trusts a peer that announces it to send a few times as much as it has sent. */
    private int capacityFor(int arrivedSoFar, int takenSoFar) {
        long trusted = Math.max(MessagePool.SMALLEST, (long) MessagePool.STEP * arrivedSoFar);
        long more = decoder.knownToCome();
        return (int) Math.min(MAX_CAPACITY, more >= 0 ? Math.min(trusted, takenSoFar + more) : trusted);
    }

    /**
     * Returns a buffer into which the transport can read the message's next bytes itself; null if few bytes are missing
     * or other bytes come first. Call {@link #filled} after reading.
     */
    ByteBuffer room() {
        if (pooled == null || decoder.isCompressed() || arrived.remaining() > 0) {
            return null;
        }
        int room = (int) Math.min(pooled.remaining(), decoder.frames().known());
        return room < arrived.capacity() ? null : pooled.limit(pooled.position() + room);
    }

    /** @param start the position at which the transport began to write */
    void filled(int start) throws IOException {
        pooled.limit(pooled.capacity());
        decoder.takeInPlace(pooled, start, pooled.position() - start);
    }

    /** Returns the whole message, which is valid until {@link #release()}. */
    ByteBuffer message() {
        return pooled != null ? pooled.flip() : ByteBuffer.wrap(onHeap.bytes(), 0, onHeap.length());
    }

    /** Returns the whole message as an array of its own. */
    byte[] toArray() {
        if (pooled == null) {
            return onHeap.toArray();
        }
        byte[] all = new byte[pooled.position()];
        pooled.get(0, all);
        return all;
    }

    /** Gives back the memory of the current message, if there is one. */
    void release() {
        onHeap = null;
        if (pooled != null) {
            pool().release(pooled);
            pooled = null;
        }
    }
}
