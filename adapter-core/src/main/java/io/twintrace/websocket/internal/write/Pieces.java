package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.internal.io.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Offers large payloads to the transport piece by piece. */
final class Pieces {
    /** The most bytes that a thread writes at once, while others wait for the lock or for the thread. */
    static final int MAX_AT_ONCE = 1024 * 1024;

    /**
     * The most bytes of a heap buffer that are offered to the transport at once. The JDK copies what remains of such a
     * buffer at each attempt to write, into a direct buffer of that size, which it keeps for the thread.
     */
    static final int MAX_COPIED = 128 * 1024;

    private Pieces() {}

    /** Returns how many bytes of the buffer to offer to the transport at once. */
    static int sizeOf(ByteBuffer buffer) {
        return buffer.isDirect() ? MAX_AT_ONCE : MAX_COPIED;
    }

    /** Returns whether the transport may be offered all buffers at once. Only the last one may be large. */
    static boolean isOne(ByteBuffer[] buffers) {
        ByteBuffer payload = buffers[buffers.length - 1];
        return payload.remaining() <= sizeOf(payload);
    }

    /**
     * Writes like {@link Transport#tryWrite}, but the last buffer in pieces, and no more than {@link #MAX_AT_ONCE} of
     * it.
     *
     * @param rest an array for one buffer: the buffers' own if there is only one, else one that is free
     */
    @SuppressWarnings("ReferenceEquality") // compares identity on purpose
    static boolean tryWrite(Transport transport, ByteBuffer[] buffers, ByteBuffer[] rest) throws IOException {
        ByteBuffer payload = buffers[buffers.length - 1];
        int piece = sizeOf(payload);
        int end = payload.limit();
        int enough = (int) Math.min(end, (long) payload.position() + MAX_AT_ONCE);
        try {
            payload.limit(payload.position() + piece);
            boolean all = transport.tryWrite(buffers);
            rest[0] = payload;
            while (all && payload.position() < enough) {
                payload.limit(Math.min(end, payload.position() + piece));
                all = transport.tryWrite(rest);
            }
            return all && payload.position() == end;
        } finally {
            payload.limit(end);
            if (rest != buffers) {
                rest[0] = null; // an idle connection keeps no payload
            }
        }
    }
}
