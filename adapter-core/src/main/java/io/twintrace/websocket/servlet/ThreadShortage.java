package io.twintrace.websocket.servlet;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import jakarta.servlet.ServletContext;

/**
 * What happens to a connection for which no thread can be started: as a listener, which needs none, this closes it with
 * 1013, try again later. The log has one line in ten seconds. Safe for any thread.
 */
final class ThreadShortage implements WebSocketListener {
    private final ServletContext context;
    private final LogRate rate = new LogRate();

    ThreadShortage(ServletContext context) {
        this.context = context;
    }

    /** Tells the log, unless it was told a moment ago. */
    void log(OutOfMemoryError why) {
        String end = rate.next();
        if (end != null) {
            context.log("no thread can be started for a WebSocket connection, which is closed with 1013 (" + why
                    + "). Raise the system's limit of threads (ulimit -u, the pids limit of the container), lower"
                    + " init-param max-connections, or run on JDK 21 or later, where handlers need no threads of the"
                    + " system" + end);
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
