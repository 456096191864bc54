package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.internal.deflate.DeflatePool;
import io.twintrace.websocket.internal.io.BufferPool;
import io.twintrace.websocket.internal.io.MessagePool;

/**
 * What connections borrow while they work. The balance of each pool shows what is in use.
 *
 * @param read buffers for reading, beside what a container's own buffers hold
 * @param write buffers for writing
 * @param message buffers for messages that do not arrive in one piece
 * @param deflate inflaters and deflaters
 */
public record Pools(BufferPool read, BufferPool write, MessagePool message, DeflatePool deflate) {
    /** So many buffers at rest are kept in each pool: 16 MiB with the default size. */
    private static final int BUFFERS_AT_REST = 1024;

    /** Each deflater has about 260 KiB of native memory, each inflater 40. */
    private static final int DEFLATERS_AT_REST = 32;

    Pools(WebSocketOptions options) {
        this(
                new BufferPool(options.readBufferSize(), BUFFERS_AT_REST),
                new BufferPool(options.writeBufferSize(), BUFFERS_AT_REST),
                new MessagePool(),
                new DeflatePool(DEFLATERS_AT_REST, options.deflate().maxContexts()));
    }
}
