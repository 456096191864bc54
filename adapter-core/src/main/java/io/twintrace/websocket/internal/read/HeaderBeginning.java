package io.twintrace.websocket.internal.read;

import io.twintrace.websocket.internal.frame.FrameHeader;
import java.nio.ByteBuffer;

/**
 * Holds the beginning of a frame's header until the rest arrives, so that a peer that sends only a byte does not occupy
 * a whole buffer. Only the reading thread calls these methods.
 */
final class HeaderBeginning {
    /** Null until the first beginning is kept. */
    private byte[] bytes;

    private int length;

    /** Returns how many bytes are kept. */
    int length() {
        return length;
    }

    /** Keeps the whole content of the buffer, which must be too short for a header. */
    void keep(ByteBuffer buffer) {
        length = buffer.remaining();
        if (length > 0) {
            if (bytes == null) {
                bytes = new byte[FrameHeader.MAX_BYTES];
            }
            buffer.get(bytes, 0, length);
        }
    }

    /** Moves the beginning into the buffer where the rest will follow. */
    void moveTo(ByteBuffer buffer) {
        if (length > 0) {
            buffer.put(bytes, 0, length);
            length = 0;
        }
    }

    /** Drops the beginning. */
    void drop() {
        length = 0;
    }
}
