package io.twintrace.websocket.internal.engine;

import java.net.SocketTimeoutException;

/** Thrown if keep-alive has found that the peer no longer answers. */
final class PongTimeoutException extends SocketTimeoutException {
    private static final long serialVersionUID = 1L;

    private PongTimeoutException(String message) {
        super(message);
    }

    /** The peer has sent nothing since the Ping. */
    static PongTimeoutException silent(long nanos) {
        return new PongTimeoutException(
                "the peer has not answered a Ping within " + nanos / 1_000_000 + " ms (pong timeout)");
    }

    /** The peer does not read, so that no Ping gets through to it. */
    static PongTimeoutException stuck(long nanos) {
        return new PongTimeoutException("the peer has read nothing of what waits for it, and sent nothing, within "
                + nanos / 1_000_000 + " ms, so that no Ping could be sent or answered (pong timeout)");
    }
}
