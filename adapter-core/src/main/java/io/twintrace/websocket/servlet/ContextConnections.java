package io.twintrace.websocket.servlet;

import jakarta.servlet.ServletContext;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The connections of all servlets of one web application. A container destroys its servlets one after another. The
 * first one begins to close the connections of all, so that all servlets together need no more time than one. Safe for
 * use by any thread.
 */
final class ContextConnections {
    private static final String ATTRIBUTE = ContextConnections.class.getName();

    private final ServletContext context;
    private final Set<OpenConnections> servlets = ConcurrentHashMap.newKeySet();

    private ContextConnections(ServletContext context) {
        this.context = context;
    }

    /** Adds a servlet, and returns the connections of its web application. */
    static ContextConnections join(ServletContext context, OpenConnections servlet) {
        synchronized (ContextConnections.class) {
            ContextConnections all = context.getAttribute(ATTRIBUTE) instanceof ContextConnections existing
                    ? existing
                    : new ContextConnections(context);
            all.servlets.add(servlet);
            context.setAttribute(ATTRIBUTE, all);
            return all;
        }
    }

    /** Removes a servlet. Returns whether it was the last one. */
    boolean leave(OpenConnections servlet) {
        synchronized (ContextConnections.class) {
            servlets.remove(servlet);
            if (servlets.isEmpty()) {
                context.removeAttribute(ATTRIBUTE);
            }
            return servlets.isEmpty();
        }
    }

    /**
     * Begins to close all connections with 1001. Does not wait.
     *
     * @param now the same time for all servlets, so that those with equal timeouts are overdue together
     */
    void beginClose(long now) {
        servlets.forEach(servlet -> servlet.beginClose(now));
    }

    /** Cuts off the connections whose time to close is over. Does not wait. */
    void cutOffOverdue() {
        servlets.forEach(OpenConnections::cutOffIfOverdue);
    }
}
