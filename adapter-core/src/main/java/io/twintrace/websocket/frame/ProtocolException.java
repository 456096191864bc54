package io.twintrace.websocket.frame;

import java.io.IOException;

/**
 * The peer broke RFC 6455, or one of the limits set for this connection. The connection is failed with a Close frame
 * that carries {@link #closeCode()} (RFC 6455 section 7.1.7). The message says what was wrong, and never holds payload.
 */
public class ProtocolException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int closeCode;

    public ProtocolException(int closeCode, String message) {
        super(message + " (close code " + closeCode + ")");
        this.closeCode = closeCode;
    }

    /** The code sent to the peer, one of {@link CloseCode}. */
    public int closeCode() {
        return closeCode;
    }
}
