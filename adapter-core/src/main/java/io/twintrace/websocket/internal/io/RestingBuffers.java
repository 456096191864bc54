package io.twintrace.websocket.internal.io;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/** A bounded stack of buffers that nobody uses: what came last, and is most likely in a cache, goes first. */
final class RestingBuffers {
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final ByteBuffer[] buffers;
    private int count;

    RestingBuffers(int most) {
        this.buffers = new ByteBuffer[most];
    }

    /** Null when there is none. */
    ByteBuffer poll() {
        lock.lock();
        try {
            if (count == 0) {
                return null;
            }
            ByteBuffer buffer = buffers[--count];
            buffers[count] = null;
            return buffer;
        } finally {
            lock.unlock();
        }
    }

    /** Drops the buffer where there is no room. */
    void push(ByteBuffer buffer) {
        lock.lock();
        try {
            if (count < buffers.length) {
                buffers[count++] = buffer;
            }
        } finally {
            lock.unlock();
        }
    }
}
