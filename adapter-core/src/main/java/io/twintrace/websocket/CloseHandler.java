package io.twintrace.websocket;

import java.io.IOException;

/**
 * Told of the peer's Close frame. Runs inside the read call that met it, on the reading thread; where there is a
 * {@link WebSocketListener}, as one of its calls.
 */
@FunctionalInterface
public interface CloseHandler {
    /**
     * May answer with a Close frame of its own; where it does not, the peer's code is echoed after it returns (RFC 6455
     * section 5.5.1).
     *
     * @param status the peer's code and reason
     * @throws IOException goes to the caller of the read method, or to the listener's {@code onError}
     */
    void onClose(CloseStatus status) throws IOException;
}
