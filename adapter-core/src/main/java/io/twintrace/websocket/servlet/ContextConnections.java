package io.twintrace.websocket.servlet;

import jakarta.servlet.ServletContext;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The connections of all servlets of one web application. A container that stops destroys the servlets one after
 * another; the first one begins to close the connections of all, so that together they take no longer than one. Safe
 * for any thread.
 */
final class ContextConnections {
    private static final String ATTRIBUTE = ContextConnections.class.getName();

    private final ServletContext context;
    private final Set<OpenConnections> servlets = ConcurrentHashMap.newKeySet();

    private ContextConnections(ServletContext context) {
        this.context = context;
    }

    /** Those of the web application, with one more servlet's. */
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

    /** A servlet is no more; whether it was the last one. */
    boolean leave(OpenConnections servlet) {
        synchronized (ContextConnections.class) {
            servlets.remove(servlet);
            if (servlets.isEmpty()) {
                context.removeAttribute(ATTRIBUTE);
            }
            return servlets.isEmpty();
        }
    }

    /** Begins to close all with 1001. Does not wait. */
    void beginClose() {
        servlets.forEach(OpenConnections::beginClose);
    }

    /** Cuts off those that had their time to close. Does not wait. */
    void cutOffOverdue() {
        servlets.forEach(OpenConnections::cutOffIfOverdue);
    }
}
