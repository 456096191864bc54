package io.twintrace.websocket.servlet;

import io.twintrace.websocket.internal.io.Deadlines;
import jakarta.servlet.ServletContext;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The connections of all servlets and upgraders of one web application. A container destroys its servlets one after
 * another. The first one begins to close the connections of all, so that all together need no more time than one. Safe
 * for use by any thread.
 */
final class ContextConnections {
    private static final String ATTRIBUTE = ContextConnections.class.getName();

    private final ServletContext context;
    private final Set<Connections> members = ConcurrentHashMap.newKeySet();

    private ContextConnections(ServletContext context) {
        this.context = context;
    }

    /** Adds the connections of a servlet or upgrader, and returns those of its web application. */
    static ContextConnections join(ServletContext context, Connections member) {
        synchronized (ContextConnections.class) {
            ContextConnections known = of(context);
            ContextConnections all = known != null ? known : new ContextConnections(context);
            all.members.add(member);
            context.setAttribute(ATTRIBUTE, all);
            return all;
        }
    }

    /** Returns null if there are none. */
    private static ContextConnections of(ServletContext context) {
        return context.getAttribute(ATTRIBUTE) instanceof ContextConnections existing ? existing : null;
    }

    /** Removes the connections of a servlet or upgrader. Returns whether they were the last ones. */
    boolean leave(Connections member) {
        synchronized (ContextConnections.class) {
            members.remove(member);
            if (members.isEmpty()) {
                context.removeAttribute(ATTRIBUTE);
            }
            return members.isEmpty();
        }
    }

    /**
     * Begins to close all connections with 1001. Does not wait.
     *
     * @param now the same time for all, so that those with equal timeouts are overdue together
     */
    void beginClose(long now) {
        members.forEach(member -> member.open().beginClose(now));
    }

    /** Cuts off the connections whose time to close is over. Does not wait. */
    void cutOffOverdue() {
        members.forEach(member -> member.open().cutOffIfOverdue());
    }

    /** Closes all connections, as at the end of the web application. See {@link Connections#stop()}. */
    static void stopAll(ServletContext context) {
        ContextConnections all = of(context);
        if (all != null) {
            all.members.forEach(Connections::stop);
        }
    }

    /** Closes all connections within a bound, and admits no more. See {@link Connections#stop(Duration)}. */
    static boolean stopAll(ServletContext context, Duration timeout) {
        ContextConnections all = of(context);
        if (all == null) {
            return true;
        }
        long deadline = Deadlines.after(System.nanoTime(), timeout);
        for (Connections each : all.members) {
            var unused = each.beginStop(); // all at once
        }
        boolean closed = true;
        for (Connections each : all.members) {
            closed &= each.stopBy(deadline);
        }
        return closed;
    }
}
