package io.twintrace.websocket;

/** Serves a connection from its first message to its last. */
@FunctionalInterface
public interface WebSocketHandler {
    /**
     * Called once for each connection, on a thread of its own (a virtual thread on JDK 21 and later). When this method
     * returns, the library closes the connection with 1000. When it throws, the library logs the exception and closes
     * the connection with 1011, or with 1007 for an {@link InvalidJsonException}.
     *
     * @param connection valid until this method returns
     * @throws Exception a handler may let exceptions of read and write methods propagate
     */
    void handle(BlockingConnection connection) throws Exception;
}
