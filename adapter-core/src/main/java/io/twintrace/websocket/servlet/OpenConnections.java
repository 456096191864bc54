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

/** The connections of one servlet that the application has, and how they are all closed. Safe for any thread. */
final class OpenConnections {
    /** How long closing may take longer than the close timeout. */
    private static final Duration MARGIN = Duration.ofMillis(500);

    private final ServletContext context;
    private final Service service;
    private final Duration patience;

    private final Map<WebSocketConnection, Served> open = new ConcurrentHashMap<>();

    /** When those that are closed have to be over; {@link Deadlines#NONE} while not all are closed. */
    private final AtomicLong closedBy = new AtomicLong(Deadlines.NONE);

    /** When those that were cut off have to be over; {@link Deadlines#NONE} while none was. */
    private final AtomicLong cutBy = new AtomicLong(Deadlines.NONE);

    /** Who runs the application for a connection, or null, and whether this has begun to close it. */
    private record Served(Thread runner, AtomicBoolean closing) {}

    OpenConnections(ServletContext context, Service service) {
        this.context = context;
        this.service = service;
        this.patience = service.options().closeTimeout().plus(MARGIN);
    }

    void add(WebSocketConnection connection) {
        open.put(connection, new Served(service.runner(), new AtomicBoolean()));
    }

    void remove(WebSocketConnection connection) {
        open.remove(connection);
    }

    /** The servlet serves on, although all its connections were closed; from now on others have time again. */
    void serveOn() {
        if (closedBy.get() != Deadlines.NONE) {
            closedBy.set(Deadlines.NONE);
            cutBy.set(Deadlines.NONE);
        }
    }

    /** Begins to close all with 1001, each of them once, however often this is called. Does not wait. */
    void beginClose() {
        closedBy.compareAndSet(Deadlines.NONE, Deadlines.after(patience));
        int failed = 0;
        Throwable why = null;
        for (Map.Entry<WebSocketConnection, Served> each : open.entrySet()) {
            if (each.getValue().closing().compareAndSet(false, true)) {
                Throwable failure = close(each.getKey());
                if (failure != null) {
                    failed++;
                    why = failure;
                }
            }
        }
        if (why != null) {
            context.log(failed + " WebSocket connections are cut off: closing them with 1001 has failed", why);
        }
    }

    /** Begins to close one; null unless it had to be cut off, since the others are to be closed all the same. */
    Throwable close(WebSocketConnection connection) {
        try {
            service.close(connection, CloseCode.GOING_AWAY, "server is stopping");
            return null;
        } catch (Throwable t) { // such as for want of a thread
            cut(connection);
            return t;
        }
    }

    /** When those that are closed have to be over; never {@link Deadlines#NONE}. */
    long closedBy() {
        return within(closedBy);
    }

    /** When those that were cut off have to be over; never {@link Deadlines#NONE}. */
    long cutBy() {
        return within(cutBy);
    }

    /** A connection that has opened just before the servlet began to stop may have taken the deadline back. */
    private long within(AtomicLong deadline) {
        return Deadlines.earlier(deadline.get(), Deadlines.after(patience));
    }

    /** {@link #cutOff()}, if they had their time to close. */
    void cutOffIfOverdue() {
        if (Deadlines.remaining(closedBy.get()) <= 0) {
            cutOff();
        }
    }

    /** Cuts off those that are left, once, and wakes the application up. Does not wait. */
    void cutOff() {
        if (cutBy.compareAndSet(Deadlines.NONE, Deadlines.after(patience))) {
            open.forEach((connection, served) -> {
                cut(connection);
                service.interrupt(served.runner());
            });
        }
    }

    /** Each, whatever becomes of another one. */
    private void cut(WebSocketConnection connection) {
        try {
            connection.abort();
        } catch (Throwable t) {
            try {
                context.log(connection + " is cut off, but not everything that it held could be given back", t);
            } catch (Throwable unlogged) {
                // The others are to be cut off all the same.
            }
        }
    }

    /** Names to the log what the application is still busy with. */
    void logWhatStillRuns() {
        open.forEach((connection, served) -> context.log(service.whatStillRuns(connection, served.runner())));
    }
}
