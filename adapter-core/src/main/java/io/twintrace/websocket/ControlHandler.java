package io.twintrace.websocket;

import java.io.IOException;

/** Told of Pings or Pongs. Runs inside the read call that met the frame, on the reading thread. */
@FunctionalInterface
public interface ControlHandler {
    /**
     * May write control frames, and messages if no other thread writes.
     *
     * @param payload at most 125 bytes; the handler's own
     * @throws IOException goes to the caller of the read method and ends reading for good, so catch what is harmless, such
     *     as the timeout of a Pong; a RuntimeException drops the message that is being read
     */
    void onFrame(byte[] payload) throws IOException;
}
