package io.twintrace.websocket;

import java.io.IOException;

/** Thrown by a write after a Close frame was sent: nothing may follow it (RFC 6455 section 5.5.1). */
public final class CloseSentException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception. */
    public CloseSentException() {
        super("a Close frame has been sent on this WebSocket connection; nothing may be written after it");
    }
}
