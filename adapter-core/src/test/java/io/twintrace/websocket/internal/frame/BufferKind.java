package io.twintrace.websocket.internal.frame;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The places where the bytes of a buffer may lie. */
enum BufferKind {
    HEAP,
    HEAP_SLICE,
    HEAP_LITTLE_ENDIAN,
    HEAP_READ_ONLY,
    DIRECT,
    DIRECT_SLICE,
    DIRECT_LITTLE_ENDIAN,
    DIRECT_READ_ONLY;

    /** The bytes before a slice, so that it is not aligned. */
    private static final int SKIPPED = 3;

    boolean isReadOnly() {
        return this == HEAP_READ_ONLY || this == DIRECT_READ_ONLY;
    }

    /** A buffer of this kind with a copy of the bytes. */
    ByteBuffer of(byte[] bytes) {
        return switch (this) {
            case HEAP -> ByteBuffer.allocate(bytes.length).put(0, bytes);
            case DIRECT -> ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
            case HEAP_SLICE ->
                ByteBuffer.allocate(SKIPPED + bytes.length)
                        .slice(SKIPPED, bytes.length)
                        .put(0, bytes);
            case DIRECT_SLICE ->
                ByteBuffer.allocateDirect(SKIPPED + bytes.length)
                        .slice(SKIPPED, bytes.length)
                        .put(0, bytes);
            case HEAP_LITTLE_ENDIAN -> HEAP.of(bytes).order(ByteOrder.LITTLE_ENDIAN);
            case DIRECT_LITTLE_ENDIAN -> DIRECT.of(bytes).order(ByteOrder.LITTLE_ENDIAN);
            case HEAP_READ_ONLY -> HEAP.of(bytes).asReadOnlyBuffer();
            case DIRECT_READ_ONLY -> DIRECT.of(bytes).asReadOnlyBuffer();
        };
    }

    static byte[] content(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.get(0, bytes);
        return bytes;
    }
}
