package io.twintrace.websocket.servlet;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.internal.io.Deadlines;
import jakarta.servlet.ServletContext;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The connections of one servlet, from admission until the application has finished with them. Safe for use by any
 * thread.
 */
final class Connections {
    private final ServletContext context;
    private final Service service;
    private final OpenConnections open;
    private final int limit;
    private final Duration handshakeTimeout;

    private final AtomicInteger admitted = new AtomicInteger();
    private final Set<Place> reserved = ConcurrentHashMap.newKeySet();

    private final Consumer<WebSocketConnection> opened = this::opened;
    private final Consumer<WebSocketConnection> over = this::over;

    /** Completed once this is stopping and no connection is admitted any more. */
    private final CompletableFuture<Void> drained = new CompletableFuture<>();

    private final LogRate fullLog = new LogRate();
    private volatile boolean stopping;

    /** Null until {@link #join()}. */
    private ContextConnections all;

    Connections(ServletContext context, Service service) {
        WebSocketOptions options = service.options();
        this.context = context;
        this.service = service;
        this.open = new OpenConnections(context, service);
        this.limit = options.maxConnections();
        this.handshakeTimeout = options.handshakeTimeout();
    }

    /** A place for one connection, reserved at the request. Either a connection takes it, or it is given back. */
    final class Place {
        private final long expires = Deadlines.after(handshakeTimeout);
        private final AtomicBoolean taken = new AtomicBoolean();

        private Place() {}

        /** Gives the place back, unless a connection has taken it. */
        void giveBack() {
            if (take()) {
                leave();
            }
        }

        /**
         * Begins to serve a connection. Cuts off one that comes too late, or closes it with 1001 if this is stopping.
         */
        void start(Upgraded upgraded) {
            if (take()) {
                run(upgraded);
            } else if (stopping) {
                admitted.incrementAndGet();
                run(upgraded);
            } else {
                upgraded.transport().close();
            }
        }

        private boolean take() {
            return taken.compareAndSet(false, true) && reserved.remove(this);
        }
    }

    boolean isStopping() {
        return stopping;
    }

    /** Reserves a place for one more connection. Returns null if the limit is reached, or this is stopping. */
    Place admit() {
        if (admitted.get() >= limit) {
            giveBackExpired();
        }
        if (admitted.incrementAndGet() > limit) {
            leave();
            String end = fullLog.next();
            if (end != null) {
                context.log("refusing WebSocket handshakes with 503: " + limit
                        + " connections are open, the limit set by init-param max-connections" + end);
            }
            return null;
        }
        Place place = new Place();
        reserved.add(place);
        if (stopping) { // beginStop did not see this place
            place.giveBack();
            return null;
        }
        return place;
    }

    /** For a container that failed after the servlet returned: it hands over no socket, and does not report that. */
    private void giveBackExpired() {
        for (Place place : reserved) {
            if (Deadlines.remaining(place.expires) <= 0) {
                place.giveBack();
            }
        }
    }

    private void leave() {
        if (admitted.decrementAndGet() == 0 && stopping) {
            drained.complete(null);
        }
    }

    private void run(Upgraded upgraded) {
        boolean started = false;
        try {
            service.start(upgraded, opened, over);
            started = true;
        } finally {
            if (!started) {
                try {
                    upgraded.transport().close();
                } finally {
                    leave();
                }
            }
        }
    }

    private void opened(WebSocketConnection connection) {
        open.add(connection);
        if (stopping) {
            connection.beginClose(CloseCode.GOING_AWAY, "server is stopping");
        } else {
            open.serveOn();
        }
    }

    private void over(WebSocketConnection connection) {
        if (connection != null) {
            open.remove(connection);
        }
        leave();
    }

    /**
     * Begins to close all connections with 1001, and admits no more. Does not wait.
     *
     * @return completed when the last connection has ended
     */
    CompletableFuture<Void> beginStop() {
        return beginStop(System.nanoTime());
    }

    private CompletableFuture<Void> beginStop(long now) {
        stopping = true;
        reserved.forEach(Place::giveBack);
        if (admitted.get() == 0) {
            drained.complete(null);
        }
        open.beginClose(now);
        return drained;
    }

    /** Called once the servlet has started. Its connections then close together with the other servlets'. */
    void join() {
        all = ContextConnections.join(context, open);
    }

    /**
     * Closes all connections, and begins to close those of the web application's other servlets. Waits for the
     * application for the close timeout plus half a second, and as long again after cutting connections off. Time that
     * other servlets have waited since the close began counts.
     */
    void stop() {
        long begin = System.nanoTime();
        CompletableFuture<Void> unused = beginStop(begin);
        if (all != null) {
            all.beginClose(begin);
        }
        if (!awaitDrained(open.closedBy())) {
            open.cutOff();
            if (all != null) {
                all.cutOffOverdue();
            }
            if (!awaitDrained(open.cutBy())) {
                open.logWhatStillRuns();
            }
        }
        service.shutdown();
        if (all != null && all.leave(open) && drained.isDone()) {
            service.awaitThreads();
        }
    }

    private boolean awaitDrained(long deadline) {
        try {
            drained.get(Deadlines.remaining(deadline), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
