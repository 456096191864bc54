package io.twintrace.websocket.servlet;

import io.twintrace.websocket.internal.io.Deadlines;
import jakarta.servlet.ServletContext;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The connections of all servlets and upgraders of one web application. A container destroys its servlets one after
 * another. The first one begins to close the connections of all, so that all together need no more time than one. Safe
 * for use by any thread.
 */
final class ContextConnections {
    private static final String ATTRIBUTE = ContextConnections.class.getName();

    private final ServletContext context;
    private final Set<Member> members = ConcurrentHashMap.newKeySet();

    /** The connections of one servlet or upgrader. */
    interface Member {
        /** Begins to close all connections with 1001. Does not wait. */
        void beginClose(long now);

        /** Cuts off the connections whose time to close is over. Does not wait. */
        void cutOffIfOverdue();

        /**
         * Begins to close all connections, and admits no more. Does not wait.
         *
         * @param deadline the time by which all have to be closed, if that is earlier than the close timeout;
         *     {@link Deadlines#NONE} for none
         * @return completed when the last connection has ended
         */
        CompletableFuture<Void> beginStop(long deadline);

        /** Closes all connections, and waits for them a limited time. */
        void stop();

        /** Closes all connections, and waits for them until a time of {@link System#nanoTime()}. */
        boolean stopBy(long deadline);
    }

    /** Whether the application has closed all connections. Guarded by the class. */
    private boolean stopped;

    private ContextConnections(ServletContext context) {
        this.context = context;
    }

    /**
     * Adds the connections of a servlet or upgrader, and returns those of its web application. Stops them if the
     * application has closed all connections: an upgrader joins at its first request, which may come after that.
     */
    static ContextConnections join(ServletContext context, Member member) {
        synchronized (ContextConnections.class) {
            ContextConnections all = in(context);
            all.members.add(member);
            if (all.stopped) {
                var unused = member.beginStop(Deadlines.NONE);
            }
            return all;
        }
    }

    /** Returns those of the web application, which may be none yet. */
    private static ContextConnections in(ServletContext context) {
        ContextConnections known = of(context);
        if (known != null) {
            return known;
        }
        ContextConnections created = new ContextConnections(context);
        context.setAttribute(ATTRIBUTE, created);
        return created;
    }

    /** Returns null if there are none. */
    private static ContextConnections of(ServletContext context) {
        return context.getAttribute(ATTRIBUTE) instanceof ContextConnections existing ? existing : null;
    }

    /** Removes the connections of a servlet or upgrader. Returns whether they were the last ones. */
    boolean leave(Member member) {
        synchronized (ContextConnections.class) {
            boolean wasLast = members.remove(member) && members.isEmpty();
            if (wasLast && !stopped) {
                context.removeAttribute(ATTRIBUTE);
            }
            return wasLast;
        }
    }

    /**
     * Begins to close all connections with 1001. Does not wait.
     *
     * @param now the same time for all, so that those with equal timeouts are overdue together
     */
    void beginClose(long now) {
        members.forEach(member -> member.beginClose(now));
    }

    /** Cuts off the connections whose time to close is over. Does not wait. */
    void cutOffOverdue() {
        members.forEach(Member::cutOffIfOverdue);
    }

    /** Closes all connections, as at the end of the web application. */
    static void stopAll(ServletContext context) {
        ContextConnections all = of(context);
        if (all != null) {
            all.members.forEach(Member::stop);
            context.removeAttribute(ATTRIBUTE); // the same context may start again
        }
    }

    /**
     * Closes all connections within a bound, and admits no more, also of servlets and upgraders that join later.
     */
    static boolean stopAll(ServletContext context, Duration timeout) {
        ContextConnections all;
        synchronized (ContextConnections.class) {
            all = in(context);
            all.stopped = true;
        }
        long deadline = Deadlines.after(System.nanoTime(), timeout);
        for (Member each : all.members) {
            var unused = each.beginStop(deadline); // all at once
        }
        boolean closed = true;
        for (Member each : all.members) {
            closed &= each.stopBy(deadline);
        }
        return closed;
    }
}
