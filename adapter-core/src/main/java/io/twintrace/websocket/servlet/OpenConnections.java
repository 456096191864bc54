package io.twintrace.websocket.servlet;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.internal.engine.ConnectionMeter;
import io.twintrace.websocket.internal.engine.StoppableConnection;
import io.twintrace.websocket.internal.io.Deadlines;
import jakarta.servlet.ServletContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The open connections of one upgrader. Closes them all when it is closed: each as soon as its own outbox is empty, so
 * that none waits for another one. Safe for use by any thread.
 */
final class OpenConnections {
    /** The extra time for the application to end, beyond the close timeout. */
    private static final Duration MARGIN = Duration.ofMillis(500);

    /** The part of the time for outboxes, in percent. The rest is for the Close frames of slow peers. */
    private static final int OUTBOX_PERCENT = 80;

    private final ServletContext context;
    private final Duration closeTimeout;
    private final Duration patience;
    private final String reason;
    private final StopLog log;
    private final ClosingTask task;

    private final Map<WebSocketConnection, OpenConnection> open = new ConcurrentHashMap<>();

    /** The deadline for connections that are being closed; {@link Deadlines#NONE} until all are. */
    private final AtomicLong closedBy = new AtomicLong(Deadlines.NONE);

    /** The deadline for connections that were cut off; {@link Deadlines#NONE} until then. */
    private final AtomicLong cutBy = new AtomicLong(Deadlines.NONE);

    /** @param owner for the log, such as {@code servlet "chat"}; empty for none */
    OpenConnections(Application application, WebSocketOptions options, String owner) {
        this.context = application.context();
        this.closeTimeout = options.closeTimeout();
        this.patience = closeTimeout.plus(MARGIN);
        this.reason = options.stopReason();
        this.log = new StopLog(context, owner);
        this.task = new ClosingTask(application, this::goOnClosing);
    }

    /** @param connection made by the library, which has no other kind */
    void add(WebSocketConnection connection, Service service) {
        open.put(connection, new OpenConnection((StoppableConnection) connection, service));
    }

    /**
     * Removes a connection, and notes its end.
     *
     * @param count is called if the connection was there, and no longer is
     */
    void remove(WebSocketConnection connection, Consumer<StoppableConnection> count) {
        OpenConnection ended = open.remove(connection);
        if (ended != null) {
            try {
                count.accept(ended.connection());
            } finally {
                ended.ended(log);
            }
        }
    }

    /** Looks at what each connection has counted. */
    void forEachMeter(Consumer<ConnectionMeter> action) {
        open.values().forEach(each -> action.accept(each.connection().meter()));
    }

    /** Resets the deadlines, because the servlet continues and later connections need the full time. */
    void serveOn() {
        if (closedBy.get() != Deadlines.NONE) {
            closedBy.set(Deadlines.NONE);
            cutBy.set(Deadlines.NONE);
        }
    }

    /**
     * Begins to close all connections with 1001, each once its outbox is empty. Further calls skip those already
     * closing. Does not wait.
     *
     * @param now the time from which their deadline counts, of {@link System#nanoTime()}
     * @param deadline the time by which all have to be closed, if that is earlier than the close timeout;
     *     {@link Deadlines#NONE} for none
     */
    void beginClose(long now, long deadline) {
        closedBy.compareAndSet(Deadlines.NONE, Deadlines.after(now, patience));
        log.begin(now);
        try {
            if (forEach(OpenConnection::isOpen, each -> beginClose(each, now, deadline)) > 0) {
                task.start();
            }
        } finally {
            log.hasBegun();
        }
    }

    /** Begins to close a connection that has opened during the stop. */
    void beginClose(WebSocketConnection connection) {
        OpenConnection opened = open.get(connection);
        if (opened != null) {
            beginClose(opened, System.nanoTime(), Deadlines.NONE);
            task.start();
        }
    }

    private void beginClose(OpenConnection each, long now, long deadline) {
        long cut = Deadlines.earlier(deadline, Deadlines.after(now, closeTimeout));
        log.add(); // first: it may end at once
        try {
            if (!each.beginClose(reason, now + (cut - now) / 100 * OUTBOX_PERCENT, cut)) {
                log.leave();
            }
        } catch (Throwable t) { // for lack of memory
            if (each.isOpen()) { // then its end does not count
                log.leave();
            }
            throw t;
        }
    }

    /** Looks after the connections that are closing. Returns whether there are any. Does not wait. */
    private boolean goOnClosing() {
        int closing = forEach(OpenConnection::isClosing, each -> each.goOnClosing(reason));
        if (closing > 0) {
            cutOff(OpenConnection::isLate);
        }
        return closing > 0;
    }

    /** Does something to connections, and returns to how many. Cuts off those that it fails for. */
    private int forEach(Predicate<OpenConnection> which, Consumer<OpenConnection> action) {
        int count = 0;
        int failed = 0;
        Throwable why = null;
        for (OpenConnection each : open.values()) {
            if (which.test(each)) {
                count++;
                try {
                    action.accept(each);
                } catch (Throwable t) { // for example, there is no memory
                    cutOff(each);
                    failed++;
                    why = t;
                }
            }
        }
        if (why != null) {
            logFailure("WebSocket connections cut off, because closing them with 1001 failed: " + failed, why);
        }
        return count;
    }

    /** Returns the deadline for connections that are being closed; never {@link Deadlines#NONE}. */
    long closedBy() {
        return within(closedBy);
    }

    /** Returns the deadline for connections that were cut off; never {@link Deadlines#NONE}. */
    long cutBy() {
        return within(cutBy);
    }

    /** A connection that opened just before the servlet began to stop may have reset the deadline. */
    private long within(AtomicLong deadline) {
        return Deadlines.earlier(deadline.get(), Deadlines.after(patience));
    }

    /** Calls {@link #cutOff()} if the time to close is over. */
    void cutOffIfOverdue() {
        if (Deadlines.remaining(closedBy.get()) <= 0) {
            cutOff();
        }
    }

    /** Cuts off the remaining connections, once, and interrupts the application. Does not wait. */
    void cutOff() {
        if (cutBy.compareAndSet(Deadlines.NONE, Deadlines.after(patience))) {
            cutOff(each -> true);
            open.values().forEach(OpenConnection::interruptApplication);
        }
    }

    private void cutOff(Predicate<OpenConnection> which) {
        List<OpenConnection> late = open.values().stream().filter(which).toList();
        int connections = 0;
        long messages = 0;
        try {
            for (OpenConnection each : late) {
                int waiting = each.connection().waitingInOutbox();
                if (each.giveUp()) { // else another thread counts it, or only the application does not end
                    connections++;
                    messages += waiting;
                }
            }
            log.cutOff(connections, messages); // first: the stop may be over once the last one is cut off
        } finally {
            late.forEach(this::cutOff);
        }
    }

    /** Cuts off one connection. A failure does not affect the others. */
    private void cutOff(OpenConnection each) {
        try {
            each.cutOff();
        } catch (Throwable t) {
            logFailure(each.connection() + " is cut off, but some of its resources could not be released", t);
        }
    }

    private void logFailure(String message, Throwable why) {
        try {
            context.log(message, why);
        } catch (Throwable unlogged) {
            // The connections must end all the same.
        }
    }

    /** Logs which application code still runs. */
    void logWhatStillRuns() {
        open.values().forEach(each -> context.log(each.whatStillRuns()));
    }
}
