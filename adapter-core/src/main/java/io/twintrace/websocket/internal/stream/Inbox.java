package io.twintrace.websocket.internal.stream;

import io.twintrace.websocket.internal.io.BufferPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/** Bytes that the container's thread has read and the application's has not: bounded, and nothing at all when empty. */
final class Inbox {
    private static final int CAPACITY = 32 * 1024;

    private final BufferPool pool;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final ArrayDeque<ByteBuffer> pieces = new ArrayDeque<>(1);
    private int size;
    private boolean ended;
    private IOException error;

    /** @param pool gets back what was taken */
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

    /** Whether there is room for much more. */
    boolean isHalfEmpty() {
        lock.lock();
        try {
            return size <= CAPACITY / 2;
        } finally {
            lock.unlock();
        }
    }

    /** Whether there is neither input nor its end. */
    boolean isEmpty() {
        lock.lock();
        try {
            return size == 0 && !ended;
        } finally {
            lock.unlock();
        }
    }

    /** Adds what is between position and limit of a buffer that was lent by the pool, and is given away. */
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

    /** So that a peer which sends byte by byte does not fill the memory with buffers for one byte each. */
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

    /** Nothing more will come; {@code cause} is what the reader gets after the rest, or null for the end of stream. */
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

    /** Drops what is there. */
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

    /** Takes as much as fits: 0 when there is nothing now, -1 at the end. */
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
