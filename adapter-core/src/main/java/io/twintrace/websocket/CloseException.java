package io.twintrace.websocket;

import java.io.IOException;

/**
 * Thrown when the conversation did not end in the ordinary way: the peer closed with a code other than 1000, 1001 or
 * none, or the connection ended without a Close frame (1006).
 */
public final class CloseException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient CloseStatus status;

    /**
     * For the library, and for fake connections in tests.
     *
     * @param message without the reason, which is text of the peer
     * @param status {@link CloseCode#ABNORMAL} if there was no Close frame
     * @param cause the cause of the end, or null
     */
    public CloseException(String message, CloseStatus status, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    /** {@return code and reason; {@link CloseCode#ABNORMAL} if there was no Close frame} */
    public CloseStatus status() {
        return status;
    }

    /** {@return the code of {@link #status()}} */
    public int code() {
        return status.code();
    }

    /**
     * Reports whether {@link #code()} is one of the given codes.
     *
     * @param codes constants of {@link CloseCode}, or codes of the application
     * @return true if one of them is equal
     */
    public boolean isCode(int... codes) {
        for (int code : codes) {
            if (code == status.code()) {
                return true;
            }
        }
        return false;
    }
}
