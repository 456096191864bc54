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
    private final Function<Upgraded, BlockingConnection> connect;
    private final WebSocketHandler handler;
    private final Consumer<WebSocketConnection> opened;
    private final Consumer<WebSocketConnection> over;

    /** Null once there is a connection, because that lives longer. */
    private Upgraded upgraded;

    HandlerTask(
            Service service,
            Function<Upgraded, BlockingConnection> connect,
            WebSocketHandler handler,
            Upgraded upgraded,
            Consumer<WebSocketConnection> opened,
            Consumer<WebSocketConnection> over) {
        this.service = service;
        this.connect = connect;
        this.handler = handler;
        this.upgraded = upgraded;
        this.opened = opened;
        this.over = over;
    }

    @Override
    public void run() {
        BlockingConnection connection = connect();
        try {
            opened.accept(connection);
            service.declareDiscipline(connection);
            handler.handle(connection);
            connection.close();
        } catch (Throwable t) {
            closeAfter(connection, t);
        } finally {
            end(connection);
        }
    }

    private BlockingConnection connect() {
        Upgraded source = upgraded;
        upgraded = null;
        boolean connected = false;
        try {
            BlockingConnection connection = connect.apply(source);
            Thread.currentThread().setName("websocket-" + connection.name());
            connected = true;
            return connection;
        } finally {
            if (!connected) {
                try {
                    source.transport().close();
                } finally {
                    over.accept(null);
                }
            }
        }
    }

    private void closeAfter(WebSocketConnection connection, Throwable t) {
        try {
            service.log(connection, t, "handler");
        } finally {
            CloseStatus close = Service.closeFor(t);
            connection.close(close.code(), close.reason());
        }
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
