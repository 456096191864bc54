package io.twintrace.websocket;

import java.io.IOException;

/**
 * Thrown when a listener has written more than its peer accepts. The message, or this piece of it, was not sent. The
 * connection remains usable: write again once the peer has read some of the pending bytes.
 */
public final class PendingWritesException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception. Its message says what to do.
     *
     * @param pending the bytes that wait for the peer
     * @param limit the pending write limit in bytes
     */
    public PendingWritesException(long pending, long limit) {
        super(pending + " bytes are waiting for the peer to read them, and the pending write limit is " + limit
                + ": write less, offer messages to connection.outbox(), which waits or drops, or raise"
                + " pendingWriteLimit in the options (init-param pending-write-limit)");
    }
}
