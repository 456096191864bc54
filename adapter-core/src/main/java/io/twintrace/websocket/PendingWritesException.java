package io.twintrace.websocket;

import java.io.IOException;

/**
 * A listener has written more than its peer takes. The message, or this piece of it, was not sent. The connection is
 * sound, and may be written to once the peer has read some of what waits.
 */
public final class PendingWritesException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what to do about it.
     *
     * @param pending how many bytes wait for the peer
     * @param limit how many may wait before no more messages are taken
     */
    public PendingWritesException(long pending, long limit) {
        super(pending + " bytes wait for the peer to read them, and the pending write limit is " + limit
                + ": write less, leave messages to connection.outbox(), which waits or drops, or raise"
                + " pendingWriteLimit in the options (init-param pending-write-limit)");
    }
}
