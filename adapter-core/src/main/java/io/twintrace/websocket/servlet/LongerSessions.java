package io.twintrace.websocket.servlet;

import io.twintrace.websocket.internal.io.DeadlineTimer;
import io.twintrace.websocket.internal.io.Deadlines;
import jakarta.servlet.http.HttpSession;
import java.io.Serializable;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Lets sessions live longer where nothing but a request counts as an access, before Servlet 6.1: adds the time since
 * the last request to the time after which a session expires, and takes it back after the next request. Safe for use by
 * any thread.
 */
final class LongerSessions {
    private static final String ATTRIBUTE = LongerSessions.class.getName();
    private static final long MAX_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** One for each session that lives longer. */
    private final Set<Extended> all = ConcurrentHashMap.newKeySet();

    private final DeadlineTimer timer = new DeadlineTimer(this::nextLook, this::look);
    private volatile long nextLook = Deadlines.NONE;

    /**
     * The attribute of a session that lives longer.
     *
     * @param own what the application has set, in seconds
     * @param longer what this has made of it
     */
    private record Interval(int own, int longer) implements Serializable {}

    /** A session, and when its last request was. */
    private record Extended(HttpSession session, long accessed) {}

    /** @throws IllegalStateException if the session has ended */
    void extend(HttpSession session) {
        if (countsFromNow(session)) {
            session.setMaxInactiveInterval(session.getMaxInactiveInterval());
            return;
        }
        long accessed = session.getLastAccessedTime();
        int own;
        boolean isFirst;
        synchronized (LongerSessions.class) {
            own = own(session);
            long idle = TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis() - accessed) + 1;
            Interval interval = new Interval(own, (int) Math.min(Integer.MAX_VALUE, own + idle));
            isFirst = session.getAttribute(ATTRIBUTE) == null;
            session.setAttribute(ATTRIBUTE, interval);
            session.setMaxInactiveInterval(interval.longer());
        }
        if (isFirst) {
            all.add(new Extended(session, accessed));
            lookWithin(TimeUnit.SECONDS.toNanos(own) / 4);
        }
    }

    /** Tells whether a session expires so long after a call of setMaxInactiveInterval, not after the last request. */
    private static boolean countsFromNow(HttpSession session) {
        String server = session.getServletContext().getServerInfo();
        return server.startsWith("jetty/") || server.startsWith("Undertow");
    }

    /** What the application has set: before, or meanwhile. */
    private static int own(HttpSession session) {
        int now = session.getMaxInactiveInterval();
        return session.getAttribute(ATTRIBUTE) instanceof Interval interval && interval.longer() == now
                ? interval.own()
                : now;
    }

    private long nextLook() {
        return nextLook;
    }

    private void lookWithin(long nanos) {
        nextLook = Deadlines.earlier(nextLook, Deadlines.afterNanos(Math.min(nanos, MAX_PAUSE_NANOS)));
        timer.look();
    }

    /** Looks for the next requests, also after the connections have ended. */
    private void look() {
        nextLook = Deadlines.NONE;
        all.removeIf(this::isOver);
    }

    /** Takes back what a session has no need of any more. */
    private boolean isOver(Extended extended) {
        HttpSession session = extended.session();
        try {
            if (session.getLastAccessedTime() == extended.accessed()) {
                lookWithin(TimeUnit.SECONDS.toNanos(own(session)) / 4);
                return false;
            }
            takeBack(session);
        } catch (IllegalStateException e) {
            // The session has ended.
        }
        return true;
    }

    private static void takeBack(HttpSession session) {
        synchronized (LongerSessions.class) {
            session.setMaxInactiveInterval(own(session));
            session.removeAttribute(ATTRIBUTE);
        }
    }

    /** Called at the end of the application. */
    void end() {
        timer.end();
        for (Extended each : all) {
            try {
                takeBack(each.session());
            } catch (IllegalStateException e) {
                // The session has ended.
            }
        }
        all.clear();
    }
}
