package io.twintrace.websocket.servlet;

import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.internal.engine.ConnectionFactory;
import io.twintrace.websocket.internal.io.TaskThreads;
import jakarta.servlet.ServletContext;
import java.util.concurrent.TimeUnit;

/** What connections need of their web application: its log, its class loader, and threads. Safe for use by any thread. */
final class Application {
    private static final long IDLE_THREAD_MILLIS = 30_000;
    private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final ServletContext context;
    private final UpgraderMeter meter;
    private final ClassLoader contextClassLoader;

    /** One thread for each handler, and one for all connections that close when the application stops. */
    private final TaskThreads threads;

    private final ThreadShortage shortage;
    private final LongerSessions longerSessions = new LongerSessions(task -> startThread("websocket-session", task));

    /** @param servlet the name of the servlet, or {@link WebSocketMetrics#UPGRADER} */
    Application(ServletContext context, String servlet) {
        this(context, servlet, new TaskThreads("websocket-idle", IDLE_THREAD_MILLIS));
    }

    Application(ServletContext context, String servlet, TaskThreads threads) {
        this.context = context;
        String path = context.getContextPath();
        this.meter = new UpgraderMeter(path == null || path.isEmpty() ? "/" : path, servlet);
        this.contextClassLoader = context.getClassLoader();
        this.threads = threads;
        this.shortage = new ThreadShortage(context);
    }

    ServletContext context() {
        return context;
    }

    ClassLoader contextClassLoader() {
        return contextClassLoader;
    }

    ThreadShortage shortage() {
        return shortage;
    }

    /** Creates the factory of connections with these options. It logs to the web application's log. */
    ConnectionFactory connections(WebSocketOptions options) {
        return new ConnectionFactory(
                options,
                report -> {
                    meter.concurrentWrite();
                    context.log(report.logMessage(), report.asThrowable());
                },
                context::log,
                meter.roundTrips());
    }

    /** Counts what happens to connections. */
    UpgraderMeter meter() {
        return meter;
    }

    /** Runs a task that may block, on a thread of the web application, and gives the thread that name meanwhile. */
    void startThread(String name, Runnable task) {
        threads.start(name, contextClassLoader, task);
    }

    /**
     * Waits a moment for threads that have just finished with a connection, because a container that finds one busy
     * warns of a leak.
     */
    void awaitThreads() {
        boolean unused = TaskThreads.awaitIdle(contextClassLoader, MOMENT_NANOS);
    }

    /** The sessions that messages keep alive. */
    LongerSessions longerSessions() {
        return longerSessions;
    }

    /** Called when no connection is left, so that threads may end. */
    void shutdown() {
        longerSessions.end();
        threads.shutdown();
    }
}
