package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.internal.deflate.DeflatePool;
import io.twintrace.websocket.internal.io.BufferPool;
import io.twintrace.websocket.internal.io.InputBuffers;
import io.twintrace.websocket.internal.io.MessagePool;

/**
 * The pools that connections borrow from while they work. The balance of each pool shows what is in use.
 *
 * @param input buffers for reading
 * @param write buffers for writing
 * @param message buffers for messages that do not arrive in one piece
 * @param deflate inflaters and deflaters
 */
public record Pools(InputBuffers input, BufferPool write, MessagePool message, DeflatePool deflate) {
    /** The most idle buffers that each pool keeps: 16 MiB with the default size. */
    private static final int MAX_IDLE_BUFFERS = 1024;

    /**
     * The most idle deflaters that the pool keeps. Each deflater has about 260 KiB of native memory, each inflater 40.
     */
    private static final int MAX_IDLE_DEFLATERS = 32;

    Pools(WebSocketOptions options) {
        this(
                new InputBuffers(new BufferPool(options.readBufferSize(), MAX_IDLE_BUFFERS)),
                new BufferPool(options.writeBufferSize(), MAX_IDLE_BUFFERS),
                new MessagePool(),
                new DeflatePool(MAX_IDLE_DEFLATERS));
    }
}
