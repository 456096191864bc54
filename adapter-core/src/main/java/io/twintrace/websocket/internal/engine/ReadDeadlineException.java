package io.twintrace.websocket.internal.engine;

import java.net.SocketTimeoutException;

/** Thrown if the application's read deadline has passed. */
final class ReadDeadlineException extends SocketTimeoutException {
    private static final long serialVersionUID = 1L;

    ReadDeadlineException() {
        super("read deadline passed");
    }
}
