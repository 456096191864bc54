package io.twintrace.websocket.benchmarks;

import java.nio.ByteBuffer;

/** Where the bytes of a buffer lie. */
public enum Memory {
    HEAP,
    DIRECT;

    ByteBuffer allocate(int size) {
        return this == HEAP ? ByteBuffer.allocate(size) : ByteBuffer.allocateDirect(size);
    }
}
