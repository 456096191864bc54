package io.twintrace.websocket.servlet;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.internal.io.Deadlines;
import jakarta.servlet.ServletContext;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** The open connections of one upgrader. Closes them all when it is closed. Safe for use by any thread. */
final class OpenConnections {
    /** The extra time for closing, beyond the close timeout. */
    private static final Duration MARGIN = Duration.ofMillis(500);

    private final ServletContext context;
    private final Duration patience;

    private final Map<WebSocketConnection, Served> open = new ConcurrentHashMap<>();

    /** The deadline for connections that are being closed; {@link Deadlines#NONE} until all are. */
    private final AtomicLong closedBy = new AtomicLong(Deadlines.NONE);

    /** The deadline for connections that were cut off; {@link Deadlines#NONE} until then. */
    private final AtomicLong cutBy = new AtomicLong(Deadlines.NONE);

    /** Who serves a connection, the thread that runs the application for it, or null, and whether the close has begun. */
    private record Served(Service service, Thread runner, AtomicBoolean closing) {
        void close(WebSocketConnection connection) {
            service.close(connection, CloseCode.GOING_AWAY, "server is stopping");
        }
    }

    OpenConnections(ServletContext context, Duration closeTimeout) {
        this.context = context;
        this.patience = closeTimeout.plus(MARGIN);
    }

    void add(WebSocketConnection connection, Service service) {
        open.put(connection, new Served(service, service.runner(), new AtomicBoolean()));
    }

    void remove(WebSocketConnection connection) {
        open.remove(connection);
    }

    /** Resets the deadlines, because the servlet continues and later connections need the full time. */
    void serveOn() {
        if (closedBy.get() != Deadlines.NONE) {
            closedBy.set(Deadlines.NONE);
            cutBy.set(Deadlines.NONE);
        }
    }

    /**
     * Begins to close all connections with 1001. Further calls skip those already closing. Does not wait.
     *
     * @param now the time from which their deadline counts, of {@link System#nanoTime()}
     */
    void beginClose(long now) {
        closedBy.compareAndSet(Deadlines.NONE, Deadlines.after(now, patience));
        int failed = 0;
        Throwable why = null;
        for (Map.Entry<WebSocketConnection, Served> each : open.entrySet()) {
            if (each.getValue().closing().compareAndSet(false, true)) {
                Throwable failure = close(each.getKey(), each.getValue());
                if (failure != null) {
                    failed++;
                    why = failure;
                }
            }
        }
        if (why != null) {
            context.log("WebSocket connections cut off, because closing them with 1001 failed: " + failed, why);
        }
    }

    /** Begins to close one connection. Returns the error if it had to be cut off, so that the others still close. */
    private Throwable close(WebSocketConnection connection, Served served) {
        try {
            served.close(connection);
            return null;
        } catch (Throwable t) { // for example, no thread can be started
            cut(connection);
            return t;
        }
    }

    /** Returns the deadline for connections that are being closed; never {@link Deadlines#NONE}. */
    long closedBy() {
        return within(closedBy);
    }

    /** Returns the deadline for connections that were cut off; never {@link Deadlines#NONE}. */
    long cutBy() {
        return within(cutBy);
    }

    /** A connection that opened just before the servlet began to stop may have reset the deadline. */
    private long within(AtomicLong deadline) {
        return Deadlines.earlier(deadline.get(), Deadlines.after(patience));
    }

    /** Calls {@link #cutOff()} if the time to close is over. */
    void cutOffIfOverdue() {
        if (Deadlines.remaining(closedBy.get()) <= 0) {
            cutOff();
        }
    }

    /** Cuts off the remaining connections, once, and interrupts the application. Does not wait. */
    void cutOff() {
        if (cutBy.compareAndSet(Deadlines.NONE, Deadlines.after(patience))) {
            open.forEach((connection, served) -> {
                cut(connection);
                served.service().interrupt(served.runner());
            });
        }
    }

    /** Cuts off one connection. A failure does not affect the others. */
    private void cut(WebSocketConnection connection) {
        try {
            connection.abort();
        } catch (Throwable t) {
            try {
                context.log(connection + " is cut off, but some of its resources could not be released", t);
            } catch (Throwable unlogged) {
                // The others must still be cut off.
            }
        }
    }

    /** Logs which application code still runs. */
    void logWhatStillRuns() {
        open.forEach((connection, served) -> context.log(served.service().whatStillRuns(connection, served.runner())));
    }
}
