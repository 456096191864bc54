package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.frame.FrameHeader;
import java.nio.ByteBuffer;

/**
 * The beginning of a frame's header while the rest is waited for, so that a peer that sends no more than a byte does not
 * hold a whole buffer. For the thread that reads.
 */
final class HeaderBeginning {
    /** Null until there is one for the first time. */
    private byte[] bytes;

    private int length;

    /** How many bytes there are. */
    int length() {
        return length;
    }

    /** Keeps all of the buffer, which must be too short for a header. */
    void keep(ByteBuffer buffer) {
        length = buffer.remaining();
        if (length > 0) {
            if (bytes == null) {
                bytes = new byte[FrameHeader.MAX_BYTES];
            }
            buffer.get(bytes, 0, length);
        }
    }

    /** Goes to where the rest is to follow. */
    void moveTo(ByteBuffer buffer) {
        if (length > 0) {
            buffer.put(bytes, 0, length);
            length = 0;
        }
    }

    /** Forgets it. */
    void drop() {
        length = 0;
    }
}
