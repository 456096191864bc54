package io.twintrace.websocket.servlet;

import io.twintrace.websocket.SessionOptions;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.internal.engine.StoppableConnection;
import jakarta.servlet.http.HttpSession;

/** Connects one WebSocket connection with the HTTP session of its handshake, as {@link SessionOptions} say. */
final class SessionLink {
    private final SessionOptions options;

    /** Null if the connection stays open at the end of the session. */
    private final SessionConnections connections;

    /** Null if messages do not keep the session alive. */
    private final SessionKeeper keeper;

    /** Closes a connection, or begins to. Returns soon. */
    @FunctionalInterface
    interface Closer {
        void close(WebSocketConnection connection, int code, String reason);
    }

    private SessionLink(SessionOptions options, SessionConnections connections, SessionKeeper keeper) {
        this.options = options;
        this.connections = connections;
        this.keeper = keeper;
    }

    /**
     * Called on the request's thread, before 101 is sent.
     *
     * @param session null if the request has none
     * @return null if there is nothing to do
     */
    static SessionLink of(HttpSession session, SessionOptions options, Application application) {
        if (session == null || options.equals(SessionOptions.defaults())) {
            return null;
        }
        return new SessionLink(
                options,
                options.closesConnections() ? SessionConnections.of(session) : null,
                options.keepsAlive() ? new SessionKeeper(session, application) : null);
    }

    void opened(StoppableConnection connection, Closer closer) {
        if (connections != null) {
            connections.add(connection, () -> closer.close(connection, options.closeCode(), "the session has ended"));
        }
        if (keeper != null) {
            keeper.start(connection);
        }
    }

    void over(WebSocketConnection connection) {
        if (connections != null) {
            connections.remove(connection);
        }
        if (keeper != null) {
            keeper.stop();
        }
    }
}
