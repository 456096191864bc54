package io.twintrace.websocket.servlet;

import io.twintrace.websocket.CloseException;
import io.twintrace.websocket.CloseSentException;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.frame.CloseCode;
import io.twintrace.websocket.frame.ProtocolException;
import jakarta.servlet.ServletContext;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** The connections of one servlet, from their acceptance to the end of their handlers. Safe for any thread. */
final class Connections {
    private final ServletContext context;
    private final WebSocketHandler handler;
    private final HandlerThreads threads;
    private final int limit;

    private final AtomicInteger admitted = new AtomicInteger();
    private final Map<WebSocketConnection, Thread> running = new ConcurrentHashMap<>();

    /** Completed once this is stopping and nobody is admitted any more. */
    private final CompletableFuture<Void> drained = new CompletableFuture<>();

    private volatile boolean stopping;

    Connections(ServletContext context, WebSocketHandler handler, int limit) {
        this.context = context;
        this.handler = handler;
        this.limit = limit;
        this.threads = new HandlerThreads(context.getClassLoader());
    }

    boolean isStopping() {
        return stopping;
    }

    /** Reserves a place for one more connection; false when the limit is reached. */
    boolean admit() {
        if (admitted.incrementAndGet() > limit) {
            withdraw();
            return false;
        }
        return true;
    }

    /** Gives a reserved place back. */
    void withdraw() {
        if (admitted.decrementAndGet() == 0 && stopping) {
            drained.complete(null);
        }
    }

    /** Runs the handler for a connection that was admitted, on a thread of its own. */
    void start(WebSocketConnection connection) {
        threads.start("websocket-" + connection.name(), () -> {
            running.put(connection, Thread.currentThread());
            try {
                if (stopping) {
                    connection.beginClose(CloseCode.GOING_AWAY, "server is stopping");
                }
                run(connection);
            } finally {
                running.remove(connection);
                withdraw();
            }
        });
    }

    private void run(WebSocketConnection connection) {
        try {
            handler.handle(connection);
            connection.close();
        } catch (Throwable t) {
            log(connection, t);
            connection.close(CloseCode.INTERNAL_ERROR, "");
        }
    }

    /** A peer that goes away is everyday life and takes one line; anything else shows where it came from. */
    private void log(WebSocketConnection connection, Throwable t) {
        if (t instanceof CloseException
                || t instanceof CloseSentException
                || t instanceof ProtocolException
                || t instanceof SocketTimeoutException
                || t instanceof ClosedChannelException) {
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
