package io.twintrace.websocket.internal.io;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/** A bounded stack of unused buffers. The last in is the first out: a cache most likely still holds it. */
final class RestingBuffers {
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final ByteBuffer[] buffers;
    private int count;

    RestingBuffers(int max) {
        this.buffers = new ByteBuffer[max];
    }

    /** Returns null if the stack is empty. */
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

    /** Drops the buffer if the stack is full. */
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
