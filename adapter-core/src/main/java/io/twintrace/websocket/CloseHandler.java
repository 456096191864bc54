package io.twintrace.websocket;

import java.io.IOException;

/**
 * Handles the peer's Close frame. Runs inside the read call that received it, on the reading thread. On a connection
 * with a {@link WebSocketListener}, it runs like a listener call. If no thread reads while this side closes, {@code
 * close} calls it, or a thread of the library if the server stops, and its exceptions are logged.
 */
@FunctionalInterface
public interface CloseHandler {
    /**
     * Handles the frame. May answer with its own Close frame. Otherwise the library echoes the peer's code when this
     * method returns (RFC 6455 section 5.5.1).
     *
     * @param status the peer's code and reason
     * @throws IOException propagates to the caller of the read method, or to the listener's {@code onError}
     */
    void onClose(CloseStatus status) throws IOException;
}
