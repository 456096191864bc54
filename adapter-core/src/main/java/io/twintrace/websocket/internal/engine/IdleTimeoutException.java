package io.twintrace.websocket.internal.engine;

import java.net.SocketTimeoutException;

/** Thrown if the peer was silent for too long. */
final class IdleTimeoutException extends SocketTimeoutException {
    private static final long serialVersionUID = 1L;

    IdleTimeoutException(boolean insideFrame, long idleNanos) {
        super((insideFrame ? "a frame was not complete after " : "nothing was received or sent for ")
                + idleNanos / 1_000_000 + " ms (idle timeout)");
    }
}
