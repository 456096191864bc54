package io.twintrace.websocket;

import java.nio.ByteBuffer;

/**
 * Serves connections through callbacks, one call for each message. A {@link WebSocketHandler}, in contrast, reads in a
 * loop. No thread waits for a connection, so many idle connections cost little.
 *
 * <p><b>Threads.</b> One listener serves all connections of its servlet. For one connection the library calls it in the
 * order of events, on one thread at a time, but not always the same thread. Calls for different connections run
 * concurrently. Store the state of a connection in its {@link WebSocketConnection#attributes()}.
 *
 * <p><b>Writing.</b> You may call the write methods of a connection here, and on other threads under the rules of
 * {@link WebSocketConnection}. Here they never wait, whether a listener or a handler serves that connection. It buffers
 * the bytes that the peer does not accept at once. If too many wait (the
 * {@linkplain WebSocketOptions#pendingWriteLimit() pending write limit}), a write throws
 * {@link PendingWritesException}. A listener's connection is not read until they are sent. Small messages are sent
 * together when the listener has handled all input that has arrived; {@link WebSocketConnection#flush()} sends them
 * earlier. {@link WebSocketConnection#close()} only begins to close a listener's connection. A handler's waits for its
 * peer, so call {@link WebSocketConnection#beginClose}.
 *
 * <p><b>Pings</b> are answered automatically, and Pongs are dropped. To handle them, call
 * {@link WebSocketConnection#setPingHandler} or {@link WebSocketConnection#setPongHandler} in {@link #onOpen}. The
 * library calls these handlers under the same threading rules.
 *
 * <p><b>Exceptions</b> thrown by a method close the connection with 1011, or with 1007 for an
 * {@link InvalidJsonException}. The library passes them to {@link #onError} and delivers no further message.
 */
public interface WebSocketListener {
    /**
     * Tells whether the I/O thread that found the input may call this listener. That thread cannot serve other
     * connections during the call. By default, threads that may block call the listener.
     *
     * @return true if no method of this listener blocks, waits long for a lock, or computes for long
     */
    default boolean isNonBlocking() {
        return false;
    }

    /**
     * Called first, when the connection is open.
     *
     * @param connection keep it to send from other threads
     * @throws Exception closes the connection and is passed to {@link #onError}
     */
    default void onOpen(WebSocketConnection connection) throws Exception {}

    /**
     * Called for each message. The default calls {@link #onText} or {@link #onBinary}. Override this method to get text
     * as UTF-8 bytes.
     *
     * @param connection the connection that received the message
     * @param message valid during the call
     * @throws Exception closes the connection and is passed to {@link #onError}
     */
    default void onMessage(WebSocketConnection connection, MessageView message) throws Exception {
        if (message.type() == MessageType.TEXT) {
            onText(connection, message.text());
        } else {
            onBinary(connection, message.payload());
        }
    }

    /**
     * Called for each text message. The default closes the connection with 1003.
     *
     * @param connection the connection that received the message
     * @param text the whole message
     * @throws Exception closes the connection and is passed to {@link #onError}
     */
    default void onText(WebSocketConnection connection, String text) throws Exception {
        connection.beginClose(CloseCode.UNSUPPORTED_DATA, "text is not accepted here");
    }

    /**
     * Called for each binary message. The default closes the connection with 1003.
     *
     * @param connection the connection that received the message
     * @param payload between position and limit; valid during the call
     * @throws Exception closes the connection and is passed to {@link #onError}
     */
    default void onBinary(WebSocketConnection connection, ByteBuffer payload) throws Exception {
        connection.beginClose(CloseCode.UNSUPPORTED_DATA, "binary is not accepted here");
    }

    /**
     * Called when the connection or this listener fails. The errors of the connection are those that the read methods
     * of {@link BlockingConnection} throw. Only {@link #onClose} follows.
     *
     * @param connection the connection that failed
     * @param error the cause
     * @throws Exception logged
     */
    default void onError(WebSocketConnection connection, Throwable error) throws Exception {}

    /**
     * Called last, once for each opened connection.
     *
     * @param connection the connection that ended
     * @param status the peer's Close frame; 1006 if there was none
     * @throws Exception logged
     */
    default void onClose(WebSocketConnection connection, CloseStatus status) throws Exception {}
}
