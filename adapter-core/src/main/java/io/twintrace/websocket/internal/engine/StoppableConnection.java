package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.WebSocketConnection;

/** A connection as its server sees it, which counts it, and may stop. No method waits, and any thread may call it. */
public interface StoppableConnection extends WebSocketConnection {
    /**
     * Accepts no more messages into the outbox, and begins to close once it is empty. Begins at once if there is no
     * outbox. {@link #beginClose} does not wait for the outbox, also after this call.
     */
    void beginCloseAfterOutbox(int code, String reason);

    /**
     * Reads up to the peer's Close frame in place of a handler that does not read, once this side has requested its
     * own. Cuts the connection off if the close timeout has passed. Call this again and again.
     */
    void goOnClosing();

    /** Returns what counts for the connection. */
    ConnectionMeter meter();

    /** Returns how many messages wait in the outbox. */
    int waitingInOutbox();
}
