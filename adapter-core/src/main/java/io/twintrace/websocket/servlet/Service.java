package io.twintrace.websocket.servlet;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.InvalidJsonException;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.internal.engine.ConnectionFactory;
import io.twintrace.websocket.internal.engine.ListenerThreads;
import io.twintrace.websocket.internal.io.DeadlineTimer;
import io.twintrace.websocket.internal.io.PushTransport;
import java.io.IOException;
import java.util.function.Consumer;

/** Serves connections with a handler or a listener, and defines the threads for that. Safe for use by any thread. */
abstract class Service {
    /** The maximum depth in a chain of causes at which a conflict is still found. */
    private static final int MAX_CAUSES = 16;

    private final Application application;
    private final WebSocketOptions options;
    private final ConnectionFactory connections;

    Service(Application application, WebSocketOptions options, ConnectionFactory connections) {
        this.application = application;
        this.options = options;
        this.connections = connections;
    }

    /**
     * Begins to serve a connection, and returns soon.
     *
     * @param opened called with the connection before the application sees it, on the handler's thread if there is one
     * @param over called once the application has finished with the connection, or with null; not called if this throws
     */
    abstract void start(Upgraded upgraded, Consumer<WebSocketConnection> opened, Consumer<WebSocketConnection> over);

    /** Closes a connection, or begins to. Returns soon. */
    abstract void close(WebSocketConnection connection, int code, String reason);

    /** Returns the application's thread for a connection that the calling thread opens; null if it changes. */
    abstract Thread runner();

    /** Interrupts the application, which still uses a connection that was cut off. */
    abstract void interrupt(Thread runner);

    /** Returns the log line about code that still uses a connection that was cut off a while ago. */
    abstract String whatStillRuns(WebSocketConnection connection, Thread runner);

    /**
     * Runs the task that serves a connection, on a thread of its own. If no thread can be started, closes the
     * connection with 1013, which needs none.
     */
    final void startThread(Upgraded upgraded, Consumer<WebSocketConnection> over, Runnable task) {
        try {
            startThread("websocket-open (" + upgraded.request().plainPath() + ")", task);
        } catch (OutOfMemoryError e) {
            application.shortage().log(e);
            turnAway(upgraded, over, e);
        }
    }

    private void turnAway(Upgraded upgraded, Consumer<WebSocketConnection> over, OutOfMemoryError why) {
        if (!(upgraded.transport() instanceof PushTransport transport)) {
            throw why;
        }
        WebSocketConnection unused = connections.open(
                transport,
                upgraded.request(),
                upgraded.handshake(),
                application.shortage(),
                new ListenerThreads(
                        (name, task) -> DeadlineTimer.later(0, task),
                        application.contextClassLoader(),
                        (connection, error) -> {},
                        warning -> {}),
                connection -> {}, // nothing closes it earlier
                over);
    }

    /** Runs a task that may block, on a thread of the web application, and gives the thread that name meanwhile. */
    final void startThread(String name, Runnable task) {
        application.startThread(name, task);
    }

    final ConnectionFactory connections() {
        return connections;
    }

    final void declareDiscipline(WebSocketConnection connection) {
        WriteDiscipline declared = options.writeDiscipline().apply(connection);
        if (declared != WriteDiscipline.none()) {
            connection.declareWriteDiscipline(declared);
        }
    }

    /** Returns the close status for an exception of the application. */
    static CloseStatus closeFor(Throwable t) {
        return t instanceof InvalidJsonException invalid
                ? invalid.closeStatus()
                : new CloseStatus(CloseCode.INTERNAL_ERROR, "handler failed");
    }

    /** Tells whether lack of memory or another error ended the connection, rather than the peer. */
    static boolean isCausedByError(Throwable t) {
        return t.getCause() instanceof Error || t.getCause() instanceof RuntimeException;
    }

    /** Logs one line if the peer disconnects or sends invalid data. Logs any other error with its stack. */
    final void log(WebSocketConnection connection, Throwable t, String thrower) {
        ConcurrentWriteException conflict = conflictBehind(t);
        if (conflict != null) {
            logBehind(conflict, connection, t, thrower);
        } else if (t instanceof IOException && !connection.isOpen() && !isCausedByError(t)) {
            application.context().log(connection + " ended: " + t);
        } else if (t instanceof InvalidJsonException) {
            application
                    .context()
                    .log(connection + " is closed with " + closeFor(t).code() + ": " + t.getMessage()
                            + "; catch InvalidJsonException in the " + thrower + " to continue reading");
        } else if (!connection.isOpen()) {
            application.context().log(connection + " has ended, and its " + thrower + " threw", t);
        } else {
            application.context().log(connection + " is closed with 1011 after its " + thrower + " threw", t);
        }
    }

    /** Logs one line behind the report of the conflict, which has both stacks. */
    private void logBehind(
            ConcurrentWriteException conflict, WebSocketConnection connection, Throwable thrown, String thrower) {
        String where = conflict.report().connection().toString();
        boolean closedByThis = connection.isOpen() || where.equals(connection.name());
        String line = connection + (closedByThis ? " is closed with 1011 after its " : " has ended, and its ") + thrower
                + " threw " + thrown.getClass().getName() + " because of the concurrent write on connection " + where
                + ", reported above";
        conflict.whenReported(() -> application.context().log(line));
    }

    private static ConcurrentWriteException conflictBehind(Throwable thrown) {
        Throwable cause = thrown;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++, cause = cause.getCause()) {
            if (cause instanceof ConcurrentWriteException conflict) {
                return conflict;
            }
        }
        return null;
    }
}
