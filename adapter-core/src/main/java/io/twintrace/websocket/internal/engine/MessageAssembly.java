package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.io.MessagePool;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Puts together a message that does not lie in the read buffer as a whole, in a pooled buffer that is exchanged for a
 * larger one as more arrives; memory follows what has arrived, whatever the peer declares. A message for which the pool
 * has no buffer is {@linkplain MessageCollector collected} on the heap. For the thread in the turn.
 */
final class MessageAssembly {
    private static final int MOST = Integer.MAX_VALUE - 8;

    /** So much is inflated at once, after which other connections may get the thread. */
    private static final int INFLATED_PIECE = 64 * 1024;

    private final ArrivedBytes arrived;
    private final MessageInput input;
    private final MessagePool pool;

    /** What there is of the message, up to the position; null where it is on the heap, or there is no message. */
    private ByteBuffer pooled;

    private MessageCollector collector;

    /** For a byte that may come behind a full buffer; null until there was one. */
    private ByteBuffer oneMore;

    /** @param input takes its bytes from {@code arrived} */
    MessageAssembly(ArrivedBytes arrived, MessageInput input, MessagePool pool) {
        this.arrived = arrived;
        this.input = input;
        this.pool = pool;
    }

    /** Whether a message is being put together. */
    boolean isBegun() {
        return pooled != null || collector != null;
    }

    /** Begins with the message that the input has come to. */
    void begin() {
        pooled = pool.acquire(capacityFor(arrivedOfFrame(), 0));
        if (pooled == null) {
            collector = new MessageCollector(input);
        }
    }

    /** Takes what has arrived of the message; false when that is not all. */
    boolean collect() throws IOException {
        while (pooled != null && isUnfinished()) {
            if (!(input.isCompressed() ? inflateArrived() : takeArrived())) {
                return false;
            }
        }
        return pooled != null ? input.isComplete() : collector.collect();
    }

    private boolean isUnfinished() throws IOException {
        return input.isCompressed() ? !input.isComplete() : input.toPayload();
    }

    private boolean inflateArrived() throws IOException {
        return pooled.hasRemaining() ? inflateIntoRoom() : inflateBeyond();
    }

    /** Compressed data does not tell its length, so there is a larger buffer only once there is one more byte. */
    private boolean inflateBeyond() throws IOException {
        if (oneMore == null) {
            oneMore = ByteBuffer.allocate(1);
        }
        int n = input.inflate(oneMore.clear());
        if (n > 0) {
            grow();
            if (pooled != null) {
                pooled.put(oneMore.get(0));
            } else {
                collector.add(oneMore.get(0));
            }
        }
        return n != 0;
    }

    /** No more than the limit allows, so that what is beyond it is not even read. */
    private boolean inflateIntoRoom() throws IOException {
        long allowed = Math.min(INFLATED_PIECE, Math.max(1, input.limit() - pooled.position()));
        pooled.limit((int) Math.min(pooled.capacity(), pooled.position() + allowed));
        try {
            return input.inflate(pooled) != 0;
        } finally {
            pooled.limit(pooled.capacity());
        }
    }

    private boolean takeArrived() throws IOException {
        if (!pooled.hasRemaining()) {
            grow();
            return true;
        }
        int n = Math.min(arrivedOfFrame(), pooled.remaining());
        arrived.moveTo(pooled, n);
        input.takeInPlace(pooled, pooled.position() - n, n);
        return n > 0;
    }

    private int arrivedOfFrame() {
        return (int) Math.min(arrived.remaining(), input.frames().known());
    }

    private void grow() {
        int length = pooled.position();
        ByteBuffer larger = pool.acquire(capacityFor(length, length));
        if (larger != null) {
            larger.put(pooled.flip());
            pool.release(pooled);
            pooled = larger;
        } else {
            collector = new MessageCollector(input, pooled.flip());
            pool.release(pooled);
            pooled = null;
        }
    }

    /** Trusts the peer to send a few times as much as it has, if it says so. */
    private int capacityFor(int arrivedSoFar, int takenSoFar) {
        long trusted = Math.max(MessagePool.SMALLEST, (long) MessagePool.STEP * arrivedSoFar);
        long more = input.knownToCome();
        return (int) Math.min(MOST, more >= 0 ? Math.min(trusted, takenSoFar + more) : trusted);
    }

    /**
     * Where the transport can lay the message's next bytes down itself: null where they are few, or others come first.
     * To be followed by {@link #filled}.
     */
    ByteBuffer room() {
        if (pooled == null || input.isCompressed() || arrived.remaining() > 0) {
            return null;
        }
        int room = (int) Math.min(pooled.remaining(), input.frames().known());
        return room < arrived.capacity() ? null : pooled.limit(pooled.position() + room);
    }

    /** @param start where the transport has begun to lay bytes down */
    void filled(int start) throws IOException {
        pooled.limit(pooled.capacity());
        input.takeInPlace(pooled, start, pooled.position() - start);
    }

    /** The whole message; valid until this is {@linkplain #release released}. */
    ByteBuffer message() {
        return pooled != null ? pooled.flip() : ByteBuffer.wrap(collector.bytes(), 0, collector.length());
    }

    /** Gives up what there is of a message. */
    void release() {
        collector = null;
        if (pooled != null) {
            pool.release(pooled);
            pooled = null;
        }
    }
}
