package io.twintrace.websocket.servlet;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.internal.engine.ConnectionFactory;
import java.util.function.Consumer;

/** Runs a handler for each connection, on a thread of its own. */
class HandlerService extends Service {
    private final WebSocketHandler handler;

    HandlerService(
            Application application,
            WebSocketOptions options,
            ConnectionFactory connections,
            WebSocketHandler handler) {
        super(application, options, connections);
        this.handler = handler;
    }

    @Override
    void start(Upgraded upgraded, Consumer<WebSocketConnection> opened, Consumer<WebSocketConnection> over) {
        startThread(upgraded, over, new HandlerTask(this, this::connect, handler, upgraded, opened, over));
    }

    private BlockingConnection connect(Upgraded upgraded) {
        BlockingConnection connection =
                connections().open(upgraded.transport(), upgraded.request(), upgraded.handshake());
        upgraded.giveAttributesTo(connection);
        return connection;
    }

    /** Closes on a thread of its own, because a peer that does not read would delay the others. */
    @Override
    void close(WebSocketConnection connection, int code, String reason) {
        startThread("websocket-close-" + connection.name(), () -> connection.close(code, reason));
    }

    @Override
    Thread runner() {
        return Thread.currentThread();
    }

    @Override
    void interrupt(Thread runner) {
        runner.interrupt();
    }

    @Override
    String whatStillRuns(WebSocketConnection connection, Thread runner) {
        return "the handler of " + connection + ", thread \"" + runner.getName()
                + "\", is still running after its connection was closed and the thread was interrupted";
    }
}
