package io.twintrace.websocket.servlet;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.frame.CloseCode;
import io.twintrace.websocket.transport.Deadlines;
import jakarta.servlet.ServletContext;
import java.time.Duration;
import java.util.Map;
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
 * The connections of one servlet, from their acceptance until the application has done with them. Safe for any thread.
 */
final class Connections {
    private final ServletContext context;
    private final Service service;
    private final int limit;
    private final Duration handshakeTimeout;

    private final AtomicInteger admitted = new AtomicInteger();
    private final Set<Place> reserved = ConcurrentHashMap.newKeySet();

    /** With who runs the application for each. */
    private final Map<WebSocketConnection, Thread> open = new ConcurrentHashMap<>();

    private final Consumer<WebSocketConnection> opened = this::opened;
    private final Consumer<WebSocketConnection> over = this::over;

    /** Completed once this is stopping and nobody is admitted any more. */
    private final CompletableFuture<Void> drained = new CompletableFuture<>();

    private final AtomicBoolean full = new AtomicBoolean();
    private volatile boolean stopping;

    Connections(ServletContext context, Service service) {
        WebSocketOptions options = service.options();
        this.context = context;
        this.service = service;
        this.limit = options.maxConnections();
        this.handshakeTimeout = options.handshakeTimeout();
    }

    /** Room for one connection, from the request on. Taken once: by the connection, or by giving it back. */
    final class Place {
        private final long expires = Deadlines.after(handshakeTimeout);
        private final AtomicBoolean taken = new AtomicBoolean();

        private Place() {}

        /** Gives the place back, if no connection has taken it. */
        void giveBack() {
            if (take()) {
                leave();
            }
        }

        /**
         * Begins to serve a connection. One that comes too late is cut off, unless this is stopping: then it is closed
         * with 1001 like all others.
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

    /** Reserves a place for one more connection; null when the limit is reached, or this is stopping. */
    Place admit() {
        if (admitted.get() >= limit) {
            giveBackExpired();
        }
        if (admitted.incrementAndGet() > limit) {
            leave();
            if (full.compareAndSet(false, true)) { // one line, however many are refused
                context.log("refusing WebSockets with 503: " + limit
                        + " connections are open, the limit of init-param max-connections");
            }
            return null;
        }
        full.set(false);
        Place place = new Place();
        reserved.add(place);
        if (stopping) { // too late to be seen by beginStop
            place.giveBack();
            return null;
        }
        return place;
    }

    /** A container that has failed after the servlet returned hands no socket over, and does not say so. */
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
        open.put(connection, service.runner());
        if (stopping) {
            connection.beginClose(CloseCode.GOING_AWAY, "server is stopping");
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
     * @return completed when the last one is over
     */
    CompletableFuture<Void> beginStop() {
        stopping = true;
        reserved.forEach(Place::giveBack);
        if (admitted.get() == 0) {
            drained.complete(null);
        }
        open.keySet().forEach(this::beginClose);
        return drained;
    }

    private void beginClose(WebSocketConnection connection) {
        try {
            service.close(connection, CloseCode.GOING_AWAY, "server is stopping");
        } catch (Throwable t) { // such as for want of a thread: the others are to be closed all the same
            cut(connection, t);
        }
    }

    private void cut(WebSocketConnection connection, Throwable why) {
        try {
            connection.abort();
        } catch (Throwable t) {
            why.addSuppressed(t);
        }
        context.log(connection + " is cut off: closing it with 1001 has failed", why);
    }

    /** Closes all connections and waits for the application: twice the given time at most. */
    void stop(Duration patience) {
        CompletableFuture<Void> unused = beginStop();
        if (!awaitDrained(patience)) {
            open.forEach(this::cutOff);
            if (!awaitDrained(patience)) {
                open.forEach((connection, runner) -> context.log(service.whatStillRuns(connection, runner)));
            }
        }
        service.shutdown();
    }

    private void cutOff(WebSocketConnection connection, Thread runner) {
        try {
            connection.abort();
        } catch (Throwable t) { // the others are to be cut off all the same
            context.log(connection + " is cut off, but not everything it held is given back", t);
        } finally {
            service.interrupt(runner);
        }
    }

    private boolean awaitDrained(Duration patience) {
        try {
            drained.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
