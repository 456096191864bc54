package io.twintrace.websocket.benchmarks;

import java.nio.ByteBuffer;

/** Where a buffer keeps its bytes. */
public enum Memory {
    HEAP,
    DIRECT;

    ByteBuffer allocate(int size) {
        return this == HEAP ? ByteBuffer.allocate(size) : ByteBuffer.allocateDirect(size);
    }
}
