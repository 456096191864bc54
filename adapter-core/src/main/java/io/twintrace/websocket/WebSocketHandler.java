package io.twintrace.websocket;

/** What an application does with a connection, from its first message to its last. */
@FunctionalInterface
public interface WebSocketHandler {
    /**
     * Called once for each connection, on a thread of its own: a virtual one on JDK 21 and later. When it returns, the
     * connection is closed with 1000; when it throws, the exception is logged and the connection is closed with 1011
     * (with 1007 for an {@link InvalidJsonException}).
     *
     * @param connection valid until this returns
     * @throws Exception whatever a read or write throws may propagate
     */
    void handle(BlockingConnection connection) throws Exception;
}
