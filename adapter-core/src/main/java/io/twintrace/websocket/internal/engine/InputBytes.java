package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.frame.FrameHeader;
import io.twintrace.websocket.internal.frame.FrameHeaderDecoder;
import java.io.IOException;

/**
 * The peer's bytes as the parser takes them. The parser does no I/O: where bytes are missing, this waits for them, or
 * says that there are none now, in which case the same call is made again later.
 */
interface InputBytes {
    /** Takes the next frame's header. False when it has not arrived whole; nothing is taken then. */
    boolean readHeader(FrameHeaderDecoder decoder, FrameHeader header) throws IOException;

    /**
     * Takes payload, and unmasks it.
     *
     * @param most at least 1
     * @param key the masking key
     * @param position how many bytes of the frame's payload were taken before
     * @return how many bytes; 0 when none have arrived
     */
    int take(byte[] into, int offset, int most, int key, long position) throws IOException;
}
