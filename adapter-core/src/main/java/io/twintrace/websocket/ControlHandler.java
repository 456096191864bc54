package io.twintrace.websocket;

import java.io.IOException;

/**
 * Handles Pings or Pongs. Runs inside the read call that received the frame, on the reading thread. On a connection
 * with a {@link WebSocketListener}, it runs like a listener call. It is not called for what arrives while this side
 * closes and no thread reads.
 */
@FunctionalInterface
public interface ControlHandler {
    /**
     * Handles one frame. May write control frames, and messages if no other thread writes.
     *
     * @param payload at most 125 bytes; the handler may keep and change it
     * @throws IOException propagates to the caller of the read method and ends reading for good, so catch harmless
     *     ones, such as the timeout of a Pong; a RuntimeException drops the message that is being read. On a connection
     *     with a listener, an IOException ends the connection without a Close frame (1006), like a transport error, and
     *     any other exception counts as thrown by the listener (1011)
     */
    void onFrame(byte[] payload) throws IOException;
}
