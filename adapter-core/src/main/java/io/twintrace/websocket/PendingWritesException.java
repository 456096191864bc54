package io.twintrace.websocket;

import java.io.IOException;

/**
 * Thrown by a write inside a call of a {@link WebSocketListener} if too many bytes wait for the peer. Other threads
 * wait instead. The message was not sent. The connection remains usable: write again once the peer has read some of the
 * pending bytes. If a {@link MessageWriter} throws this, its message ends unfinished. If part of it was sent already,
 * the connection is closed with 1011.
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
                + ": write less, offer messages to connection.outbox(), whose options say what to do when it is full, or raise"
                + " pendingWriteLimit in the options (init-param pending-write-limit)");
    }
}
