package io.twintrace.websocket.servlet;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.frame.CloseCode;
import io.twintrace.websocket.transport.Deadlines;
import jakarta.servlet.ServletContext;
import java.io.IOException;
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
import java.util.function.Function;

/** The connections of one servlet, from their acceptance to the end of their handlers. Safe for any thread. */
final class Connections {
    private final ServletContext context;
    private final WebSocketHandler handler;
    private final Function<WebSocketConnection, WriteDiscipline> discipline;
    private final HandlerThreads threads;
    private final int limit;
    private final Duration handshakeTimeout;

    private final AtomicInteger admitted = new AtomicInteger();
    private final Set<Place> reserved = ConcurrentHashMap.newKeySet();
    private final Map<WebSocketConnection, Thread> running = new ConcurrentHashMap<>();

    /** Completed once this is stopping and nobody is admitted any more. */
    private final CompletableFuture<Void> drained = new CompletableFuture<>();

    private final AtomicBoolean full = new AtomicBoolean();
    private volatile boolean stopping;

    Connections(ServletContext context, WebSocketHandler handler, WebSocketOptions options) {
        this.context = context;
        this.handler = handler;
        this.discipline = options.writeDiscipline();
        this.limit = options.maxConnections();
        this.handshakeTimeout = options.handshakeTimeout();
        this.threads = new HandlerThreads(context.getClassLoader());
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
         * Runs the handler for a connection, on a thread of its own. Too late a connection is cut off, unless this is
         * stopping: then it is closed with 1001 like all others.
         */
        void start(WebSocketConnection connection) {
            if (take()) {
                run(connection);
            } else if (stopping) {
                admitted.incrementAndGet();
                run(connection);
            } else {
                connection.abort();
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

    private void run(WebSocketConnection connection) {
        boolean started = false;
        try {
            threads.start("websocket-" + connection.name(), () -> runHere(connection));
            started = true;
        } finally {
            if (!started) { // no thread could be had
                connection.abort();
                leave();
            }
        }
    }

    private void runHere(WebSocketConnection connection) {
        running.put(connection, Thread.currentThread());
        try {
            if (stopping) {
                connection.beginClose(CloseCode.GOING_AWAY, "server is stopping");
            }
            handle(connection);
        } finally {
            running.remove(connection);
            leave();
        }
    }

    private void handle(WebSocketConnection connection) {
        try {
            declareDiscipline(connection);
            handler.handle(connection);
            connection.close();
        } catch (Throwable t) {
            log(connection, t);
            connection.close(CloseCode.INTERNAL_ERROR, "");
        }
    }

    private void declareDiscipline(WebSocketConnection connection) {
        WriteDiscipline declared = discipline.apply(connection);
        if (declared != WriteDiscipline.none()) {
            connection.declareWriteDiscipline(declared);
        }
    }

    /** A peer that goes away is everyday life and takes one line; anything else shows where it came from. */
    private void log(WebSocketConnection connection, Throwable t) {
        if (t instanceof IOException && !connection.isOpen()) {
            context.log(connection + " ended: " + t);
        } else {
            context.log(connection + " is closed with 1011 after its handler threw", t);
        }
    }

    /**
     * Begins to close all connections with 1001, and admits no more. Does not wait.
     *
     * @return completed when the last handler has ended
     */
    CompletableFuture<Void> beginStop() {
        stopping = true;
        reserved.forEach(Place::giveBack);
        if (admitted.get() == 0) {
            drained.complete(null);
        }
        for (WebSocketConnection connection : running.keySet()) {
            // On threads of their own, since a peer that does not read would hold up the others.
            threads.start(
                    "websocket-close-" + connection.name(),
                    () -> connection.close(CloseCode.GOING_AWAY, "server is stopping"));
        }
        return drained;
    }

    /** Closes all connections and waits for their handlers: twice the given time at most. */
    void stop(Duration patience) {
        CompletableFuture<Void> unused = beginStop();
        if (!awaitHandlers(patience)) {
            running.forEach((connection, thread) -> {
                connection.abort();
                thread.interrupt();
            });
            if (!awaitHandlers(patience)) {
                running.forEach((connection, thread) -> context.log("the handler of " + connection + ", thread \""
                        + thread.getName() + "\", still runs after its connection was closed and it was interrupted"));
            }
        }
        threads.shutdown();
    }

    private boolean awaitHandlers(Duration patience) {
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
