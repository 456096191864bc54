package io.twintrace.websocket;

import java.io.IOException;

/**
 * Thrown when the peer violated RFC 6455 or a limit of this connection. The library fails the connection with a Close
 * frame that carries {@link #closeCode()} and {@link #reason()} (RFC 6455 section 7.1.7). Neither the reason nor the
 * exception message contains payload.
 */
public class ProtocolException extends IOException {
    private static final long serialVersionUID = 1L;

    /** See {@link #closeCode()}. */
    private final int closeCode;
    /** See {@link #reason()}. */
    private final String reason;

    /**
     * Creates the exception for a violated rule or limit.
     *
     * @param closeCode one of {@link CloseCode}
     * @param reason names the rule or limit, for the peer and for the log; at most 123 bytes of UTF-8
     */
    public ProtocolException(int closeCode, String reason) {
        this(closeCode, reason, reason);
    }

    /** The message is for this side only, and may say what to do. */
    ProtocolException(int closeCode, String reason, String message) {
        super(message + " (close code " + closeCode + ")");
        this.closeCode = closeCode;
        this.reason = reason;
    }

    /** {@return the code sent to the peer, one of {@link CloseCode}} */
    public int closeCode() {
        return closeCode;
    }

    /** {@return the reason sent to the peer, which names the rule or the limit} */
    public String reason() {
        return reason;
    }

    /** {@return code and reason of the Close frame that is sent to the peer} */
    public CloseStatus closeStatus() {
        return new CloseStatus(closeCode, reason);
    }
}
