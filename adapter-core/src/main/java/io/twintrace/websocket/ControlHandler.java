package io.twintrace.websocket;

import java.io.IOException;

/**
 * Told of Pings or Pongs. Runs inside the read call that met the frame, on the reading thread; where there is a
 * {@link WebSocketListener}, as one of its calls.
 */
@FunctionalInterface
public interface ControlHandler {
    /**
     * May write control frames, and messages if no other thread writes.
     *
     * @param payload at most 125 bytes; the handler's own
     * @throws IOException goes to the caller of the read method and ends reading for good, so catch what is harmless,
     *     such as the timeout of a Pong; a RuntimeException drops the message that is being read. Where there is a
     *     listener, an IOException ends the connection without a Close frame (1006), as one of the transport does, and
     *     anything else counts as thrown by the listener (1011)
     */
    void onFrame(byte[] payload) throws IOException;
}
