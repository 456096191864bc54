package io.twintrace.websocket;

import io.twintrace.websocket.frame.CloseCode;
import io.twintrace.websocket.frame.CloseStatus;
import java.io.IOException;

/**
 * The conversation ended in another way than the ordinary: the peer closed with a code other than 1000, 1001 or none,
 * or the connection ended without a Close frame (1006).
 */
public final class CloseException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient CloseStatus status;

    private CloseException(String message, CloseStatus status, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    /** The connection ended without a Close frame. */
    static CloseException abnormal(Throwable cause) {
        CloseStatus status = new CloseStatus(CloseCode.ABNORMAL, "");
        return new CloseException("WebSocket connection ended without a Close frame (1006)", status, cause);
    }

    /**
     * The peer closed.
     *
     * @param isAnswer whether this side had closed before, so that the code is most likely its own, come back
     */
    static CloseException byPeer(CloseStatus status, boolean isAnswer) {
        // The reason is the peer's text, so it stays out of the message, which may end in a log.
        String message = isAnswer
                ? "WebSocket connection was closed by this side, and the peer answered with code " + status.code()
                : "peer closed the WebSocket connection with code " + status.code();
        return new CloseException(message, status, null);
    }

    /** Code and reason; {@link CloseCode#ABNORMAL} where there was no Close frame. */
    public CloseStatus status() {
        return status;
    }

    /** The code of {@link #status()}. */
    public int code() {
        return status.code();
    }

    /** Whether the code is one of {@code codes}. */
    public boolean isCode(int... codes) {
        for (int code : codes) {
            if (code == status.code()) {
                return true;
            }
        }
        return false;
    }
}
