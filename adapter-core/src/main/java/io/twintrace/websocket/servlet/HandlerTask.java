package io.twintrace.websocket.servlet;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketHandler;
import java.util.function.Consumer;
import java.util.function.Function;

/** Serves one connection with a handler. Closes the connection at the end, whatever fails. */
final class HandlerTask implements Runnable {
    private final Service service;
    private final WebSocketHandler handler;
    private final Consumer<WebSocketConnection> over;

    /** Null once it is used, because the connection lives longer. */
    private Beginning beginning;

    /** What is needed only to begin. */
    private record Beginning(
            Upgraded upgraded, Function<Upgraded, BlockingConnection> connect, Consumer<WebSocketConnection> opened) {}

    HandlerTask(
            Service service,
            Function<Upgraded, BlockingConnection> connect,
            WebSocketHandler handler,
            Upgraded upgraded,
            Consumer<WebSocketConnection> opened,
            Consumer<WebSocketConnection> over) {
        this.service = service;
        this.handler = handler;
        this.over = over;
        this.beginning = new Beginning(upgraded, connect, opened);
    }

    @Override
    public void run() {
        BlockingConnection connection = connect();
        try {
            begin(connection);
            handler.handle(connection);
            forgetInterrupt();
            connection.close();
        } catch (Throwable t) {
            closeAfter(connection, t);
        } finally {
            end(connection);
        }
    }

    private BlockingConnection connect() {
        boolean connected = false;
        try {
            BlockingConnection connection = beginning.connect.apply(beginning.upgraded);
            Thread.currentThread().setName("websocket-" + connection.name());
            connected = true;
            return connection;
        } finally {
            if (!connected) {
                try {
                    beginning.upgraded.transport().close();
                } finally {
                    over.accept(null);
                }
            }
        }
    }

    private void begin(BlockingConnection connection) {
        Consumer<WebSocketConnection> opened = beginning.opened;
        beginning = null;
        opened.accept(connection);
        service.declareDiscipline(connection);
    }

    private void closeAfter(WebSocketConnection connection, Throwable t) {
        try {
            service.log(connection, t, "handler");
        } finally {
            forgetInterrupt();
            CloseStatus close = Service.closeFor(t);
            connection.close(close.code(), close.reason());
        }
    }

    /** Forgets an interrupt of the handler, which has ended: to close may take a moment. */
    private static void forgetInterrupt() {
        boolean unused = Thread.interrupted();
    }

    /** Aborting a connection that is already closed has no effect. */
    private void end(WebSocketConnection connection) {
        try {
            connection.abort();
        } finally {
            over.accept(connection);
        }
    }
}
