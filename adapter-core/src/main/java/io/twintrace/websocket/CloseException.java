package io.twintrace.websocket;

import java.io.IOException;

/**
 * The conversation ended in another way than the ordinary: the peer closed with a code other than 1000, 1001 or none,
 * or the connection ended without a Close frame (1006).
 */
public final class CloseException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient CloseStatus status;

    /**
     * Made by the library, and by fakes of a connection.
     *
     * @param message without the reason, which is the peer's text
     * @param status {@link CloseCode#ABNORMAL} if there was no Close frame
     * @param cause why it ended, or null
     */
    public CloseException(String message, CloseStatus status, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    /** {@return code and reason; {@link CloseCode#ABNORMAL} where there was no Close frame} */
    public CloseStatus status() {
        return status;
    }

    /** {@return the code of {@link #status()}} */
    public int code() {
        return status.code();
    }

    /**
     * Compares the code.
     *
     * @param codes of {@link CloseCode}, or an application's own
     * @return whether it is one of them
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
