package io.twintrace.websocket;

import java.io.IOException;

/** A write came after the Close frame: nothing may follow it (RFC 6455 section 5.5.1). */
public final class CloseSentException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Says why nothing may be written. */
    public CloseSentException() {
        super("a Close frame has been sent on this WebSocket connection; nothing may be written after it");
    }
}
