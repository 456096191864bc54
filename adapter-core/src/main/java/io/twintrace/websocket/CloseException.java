package io.twintrace.websocket;

import io.twintrace.websocket.frame.CloseCode;
import io.twintrace.websocket.frame.CloseStatus;
import java.io.IOException;

/**
 * The conversation ended in another way than the ordinary: the peer closed with a code other than 1000, 1001 or none, or
 * the connection ended without a Close frame (1006).
 */
public final class CloseException extends IOException {
    private final CloseStatus status;

    CloseException(CloseStatus status, Throwable cause) {
        super(message(status), cause);
        this.status = status;
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

    /** The reason is the peer's text, so it stays out of the message, which may end in a log. */
    private static String message(CloseStatus status) {
        return status.code() == CloseCode.ABNORMAL
                ? "WebSocket connection ended without a Close frame (1006)"
                : "peer closed the WebSocket connection with code " + status.code();
    }
}
