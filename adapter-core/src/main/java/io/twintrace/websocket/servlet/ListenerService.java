package io.twintrace.websocket.servlet;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.internal.engine.ConnectionFactory;
import io.twintrace.websocket.internal.engine.ListenerThreads;
import io.twintrace.websocket.internal.io.PushTransport;
import java.util.function.Consumer;

/** Calls a listener for each connection. A non-blocking listener runs on the container's threads. */
final class ListenerService extends Service {
    private final WebSocketListener listener;
    private final ListenerThreads listenerThreads;

    ListenerService(
            Application application,
            WebSocketOptions options,
            ConnectionFactory connections,
            WebSocketListener listener) {
        super(application, options, connections);
        this.listener = listener;
        this.listenerThreads = new ListenerThreads(
                this::startThread,
                application.contextClassLoader(),
                (connection, error) -> log(connection, error, "listener"),
                application.context()::log);
    }

    @Override
    void start(Upgraded upgraded, Consumer<WebSocketConnection> opened, Consumer<WebSocketConnection> over) {
        if (!(upgraded.transport() instanceof PushTransport transport)) {
            throw new IllegalStateException(
                    upgraded.transport().getClass().getName() + " cannot report input, which a listener needs");
        }
        if (listener.isNonBlocking()) {
            open(upgraded, transport, opened, over);
        } else {
            startThread(upgraded, over, () -> openHere(upgraded, transport, opened, over));
        }
    }

    private void openHere(
            Upgraded upgraded,
            PushTransport transport,
            Consumer<WebSocketConnection> opened,
            Consumer<WebSocketConnection> over) {
        boolean open = false;
        try {
            open(upgraded, transport, opened, over);
            open = true;
        } finally {
            if (!open) { // the listener cannot be called any more
                try {
                    transport.close();
                } finally {
                    over.accept(null);
                }
            }
        }
    }

    private void open(
            Upgraded upgraded,
            PushTransport transport,
            Consumer<WebSocketConnection> opened,
            Consumer<WebSocketConnection> over) {
        WebSocketConnection unused = connections()
                .open(
                        transport,
                        upgraded.request(),
                        upgraded.handshake(),
                        listener,
                        listenerThreads,
                        connection -> {
                            upgraded.giveAttributesTo(connection);
                            opened.accept(connection);
                            prepare(connection);
                        },
                        over);
    }

    private void prepare(WebSocketConnection connection) {
        try {
            declareDiscipline(connection);
        } catch (Throwable t) {
            try {
                log(connection, t, "write discipline");
            } catch (Throwable unlogged) {
                // The connection is closed and counted anyway.
            }
            closeOrCutOff(connection);
        }
    }

    /** Never throws. The connection already counts as open, and only its own end removes it from the open ones. */
    private static void closeOrCutOff(WebSocketConnection connection) {
        try {
            connection.beginClose(CloseCode.INTERNAL_ERROR, "write discipline failed");
        } catch (Throwable t) { // for lack of memory
            connection.abort();
        }
    }

    @Override
    void close(WebSocketConnection connection, int code, String reason) {
        connection.beginClose(code, reason); // never waits; the rest needs no thread
    }

    @Override
    Thread runner() {
        return null;
    }

    @Override
    void interrupt(Thread runner) {
        // The thread inside a call is not known here, and may be one of the container's.
    }

    @Override
    String whatStillRuns(WebSocketConnection connection, Thread runner) {
        return "a listener call is still running after its connection, " + connection + ", was cut off";
    }
}
