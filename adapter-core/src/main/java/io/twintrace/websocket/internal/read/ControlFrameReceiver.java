package io.twintrace.websocket.internal.read;

import io.twintrace.websocket.CloseStatus;
import java.io.IOException;

/** Handles the control frames of a connection's peer. Only the reading thread calls these methods. */
public interface ControlFrameReceiver {
    /** Handles a Ping. */
    void ping(byte[] payload) throws IOException;

    /** Handles a Pong. */
    void pong(byte[] payload) throws IOException;

    /** Handles the peer's Close frame. Nothing is read after it. */
    void close(CloseStatus status) throws IOException;

    /** Returns the exception for a peer that closed with an unusual code, or that closed inside a message. */
    IOException unexpected(CloseStatus status);
}
