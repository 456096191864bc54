package io.twintrace.websocket;

import java.io.IOException;

/**
 * A listener has written more than its peer takes. The message, or this piece of it, was not sent; the connection is
 * sound, and may be written to once the peer has read some of what waits.
 */
public final class BacklogFullException extends IOException {
    private static final long serialVersionUID = 1L;

    BacklogFullException(long waiting, long limit) {
        super(waiting + " bytes wait for the peer to read them, and the backlog limit is " + limit
                + ": write less, leave messages to connection.outbox(), which waits or drops, or raise backlogLimit in the"
                + " options (init-param backlog-limit)");
    }
}
