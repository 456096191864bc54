package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseException;
import io.twintrace.websocket.CloseStatus;

/** Creates the exceptions for connections that have ended in an unusual way. */
final class CloseExceptions {
    private CloseExceptions() {}

    /** Returns the exception for a connection that ended without a Close frame. */
    static CloseException abnormal(Throwable cause) {
        CloseStatus status = new CloseStatus(CloseCode.ABNORMAL, "");
        return new CloseException("WebSocket connection ended without a Close frame (1006)", status, cause);
    }

    /**
     * Returns the exception for a connection that the peer closed.
     *
     * @param isAnswer whether this side had closed before, so that the code is most likely its own, sent back
     */
    static CloseException byPeer(CloseStatus status, boolean isAnswer) {
        // The reason is the peer's text, so it stays out of the message, which may end up in a log.
        String message = isAnswer
                ? "WebSocket connection was closed by this side, and the peer answered with code " + status.code()
                : "peer closed the WebSocket connection with code " + status.code();
        return new CloseException(message, status, null);
    }
}
