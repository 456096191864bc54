package io.twintrace.websocket.servlet;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import jakarta.servlet.ServletContext;

/**
 * Closes a connection with 1013 (try again later) if no thread can be started for it. This is a listener, because a
 * listener needs no thread. Logs one line every ten seconds. Safe for use by any thread.
 */
final class ThreadShortage implements WebSocketListener {
    private final ServletContext context;
    private final LogRate rate = new LogRate();

    ThreadShortage(ServletContext context) {
        this.context = context;
    }

    /** Logs the shortage, unless it did so a moment ago. */
    void log(OutOfMemoryError why) {
        String end = rate.next();
        if (end != null) {
            context.log("cannot start a thread for a WebSocket connection, which is closed with 1013 (" + why
                    + "). Raise the system's thread limit (ulimit -u, the pids limit of the container), lower"
                    + " init-param max-connections (in code: maxConnections), or run on JDK 21 or later, where handlers run on virtual threads"
                    + end);
        }
    }

    @Override
    public boolean isNonBlocking() {
        return true;
    }

    @Override
    public void onOpen(WebSocketConnection connection) {
        connection.beginClose(CloseCode.TRY_AGAIN_LATER, "no thread for this connection");
    }
}
