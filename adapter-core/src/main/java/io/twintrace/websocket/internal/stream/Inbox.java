package io.twintrace.websocket.internal.stream;

import io.twintrace.websocket.internal.io.BufferPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/** Bytes that the container's thread has read and the application has not. Bounded; uses no buffer when empty. */
final class Inbox {
    private static final int CAPACITY = 32 * 1024;

    private final BufferPool pool;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final ArrayDeque<ByteBuffer> pieces = new ArrayDeque<>(1);
    private int size;
    private boolean ended;
    private IOException error;

    /** @param pool receives the buffers that are used up */
    Inbox(BufferPool pool) {
        this.pool = pool;
    }

    boolean isFull() {
        lock.lock();
        try {
            return size >= CAPACITY;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether at least half is free. */
    boolean isHalfEmpty() {
        lock.lock();
        try {
            return size <= CAPACITY / 2;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether there is neither input nor an end. */
    boolean isEmpty() {
        lock.lock();
        try {
            return size == 0 && !ended;
        } finally {
            lock.unlock();
        }
    }

    /** Adds the bytes between position and limit. Takes over the buffer, which the pool has lent. */
    void put(ByteBuffer piece) {
        lock.lock();
        try {
            if (ended) {
                pool.release(piece);
            } else {
                size += piece.remaining();
                if (!appendToLast(piece)) {
                    pieces.add(piece);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Fills up the last buffer, so that a peer that sends byte by byte does not fill the memory with buffers. */
    private boolean appendToLast(ByteBuffer piece) {
        ByteBuffer last = pieces.peekLast();
        int n = piece.remaining();
        if (last == null || last.capacity() - last.limit() < n) {
            return false;
        }
        int end = last.limit();
        last.limit(end + n).put(end, piece, piece.position(), n);
        pool.release(piece);
        return true;
    }

    /** Ends the input. After the rest, the reader gets {@code cause}, or the end of the stream if it is null. */
    void end(IOException cause) {
        lock.lock();
        try {
            if (!ended) {
                ended = true;
                error = cause;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Drops all input. */
    void clear() {
        lock.lock();
        try {
            ended = true;
            for (ByteBuffer piece; (piece = pieces.poll()) != null; ) {
                pool.release(piece);
            }
            size = 0;
        } finally {
            lock.unlock();
        }
    }

    /** Takes as much as fits. Returns 0 if there is nothing now, -1 at the end. */
    int take(ByteBuffer into) throws IOException {
        lock.lock();
        try {
            int taken = 0;
            while (into.hasRemaining() && !pieces.isEmpty()) {
                ByteBuffer piece = pieces.peek();
                int n = Math.min(into.remaining(), piece.remaining());
                into.put(into.position(), piece, piece.position(), n).position(into.position() + n);
                piece.position(piece.position() + n);
                if (!piece.hasRemaining()) {
                    pool.release(pieces.remove());
                }
                taken += n;
            }
            size -= taken;
            if (taken > 0 || !ended) {
                return taken;
            }
            if (error != null) {
                throw error;
            }
            return -1;
        } finally {
            lock.unlock();
        }
    }
}
