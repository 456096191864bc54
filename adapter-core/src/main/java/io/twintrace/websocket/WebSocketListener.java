package io.twintrace.websocket;

import java.nio.ByteBuffer;

/**
 * Serves connections by being called, message by message, in place of a {@link WebSocketHandler} that reads. No thread
 * waits for a connection, so that many idle ones cost little.
 *
 * <p><b>Threads.</b> One listener serves all connections of its servlet. For one connection it is called by one thread
 * at a time, in the order of what happened, by different ones over time; for different connections at once. What one
 * connection needs to remember belongs in its {@link WebSocketConnection#attributes()}.
 *
 * <p><b>Writing.</b> The write methods of the connection may be called from here, and from other threads under the
 * rules of {@link WebSocketConnection}. To connections that a listener serves they never wait from here: what the peer
 * does not take at once is kept for it, up to the {@linkplain WebSocketOptions#pendingWriteLimit() pending write limit}, and until
 * it is taken nothing more is read from the connection. Small messages leave together when everything that has arrived
 * was answered; {@link WebSocketConnection#flush()} sends them earlier. {@link WebSocketConnection#close()} from here
 * only begins to close.
 *
 * <p><b>Pings</b> are answered without asking, and Pongs dropped. Who wants to know of them calls
 * {@link WebSocketConnection#setPingHandler} or {@link WebSocketConnection#setPongHandler} in {@link #onOpen}; those
 * are called as the listener is.
 *
 * <p><b>Exceptions</b> that leave a method close the connection with 1011 (with 1007 for an
 * {@link InvalidJsonException}) and come to {@link #onError}; no further message is shown then.
 */
public interface WebSocketListener {
    /**
     * Whether the thread that has found the input may call this listener. That thread cannot serve other connections
     * meanwhile. By default threads that may be blocked call the listener.
     *
     * @return true if no method of this listener ever blocks, waits for a lock for long, or computes for long
     */
    default boolean isNonBlocking() {
        return false;
    }

    /**
     * The connection is open; the first call.
     *
     * @param connection to keep, if the application sends from elsewhere
     * @throws Exception closes the connection and comes to {@link #onError}
     */
    default void onOpen(WebSocketConnection connection) throws Exception {}

    /**
     * A message has arrived. By default it goes on to {@link #onText} or {@link #onBinary}; overridden where text is
     * wanted as the bytes it came in.
     *
     * @param connection that has got it
     * @param message valid during the call
     * @throws Exception closes the connection and comes to {@link #onError}
     */
    default void onMessage(WebSocketConnection connection, MessageView message) throws Exception {
        if (message.type() == MessageType.TEXT) {
            onText(connection, message.text());
        } else {
            onBinary(connection, message.payload());
        }
    }

    /**
     * A text message has arrived. By default it is refused with 1003.
     *
     * @param connection that has got it
     * @param text the whole message
     * @throws Exception closes the connection and comes to {@link #onError}
     */
    default void onText(WebSocketConnection connection, String text) throws Exception {
        connection.beginClose(CloseCode.UNSUPPORTED_DATA, "text is not accepted here");
    }

    /**
     * A binary message has arrived. By default it is refused with 1003.
     *
     * @param connection that has got it
     * @param payload between position and limit; valid during the call
     * @throws Exception closes the connection and comes to {@link #onError}
     */
    default void onBinary(WebSocketConnection connection, ByteBuffer payload) throws Exception {
        connection.beginClose(CloseCode.UNSUPPORTED_DATA, "binary is not accepted here");
    }

    /**
     * Something went wrong, in the ways that the reading methods of {@link WebSocketConnection} throw, or in this
     * listener. Only {@link #onClose} follows.
     *
     * @param connection that has failed
     * @param error what went wrong
     * @throws Exception logged
     */
    default void onError(WebSocketConnection connection, Throwable error) throws Exception {}

    /**
     * Nothing more will come. The last call, once for each connection that was opened.
     *
     * @param connection that has ended
     * @param status the peer's Close frame; 1006 where none has come
     * @throws Exception logged
     */
    default void onClose(WebSocketConnection connection, CloseStatus status) throws Exception {}
}
