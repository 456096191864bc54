package io.twintrace.websocket.servlet;

import io.twintrace.websocket.internal.io.DeadlineTimer;
import jakarta.servlet.http.HttpSession;
import java.io.Serializable;
import java.util.concurrent.TimeUnit;

/**
 * Lets a session live longer where nothing but a request counts as an access, before Servlet 6.1: adds the time since
 * the last request to the time after which the session expires, and takes it back after the next request.
 */
final class LongerSession implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final String ATTRIBUTE = LongerSession.class.getName();
    private static final long MAX_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** What the application has set, and what this has made of it, in seconds. */
    private final int own;

    private final int longer;

    private LongerSession(int own, int longer) {
        this.own = own;
        this.longer = longer;
    }

    /** @throws IllegalStateException if the session has ended */
    static void extend(HttpSession session) {
        if (countsFromNow(session)) {
            session.setMaxInactiveInterval(session.getMaxInactiveInterval());
            return;
        }
        boolean isFirst;
        synchronized (LongerSession.class) {
            int own = own(session);
            long idle = TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis() - session.getLastAccessedTime()) + 1;
            LongerSession extended = new LongerSession(own, (int) Math.min(Integer.MAX_VALUE, own + idle));
            isFirst = session.getAttribute(ATTRIBUTE) == null;
            session.setAttribute(ATTRIBUTE, extended);
            session.setMaxInactiveInterval(extended.longer);
        }
        if (isFirst) {
            look(session, session.getLastAccessedTime(), pauseNanos(session));
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
        return session.getAttribute(ATTRIBUTE) instanceof LongerSession extended && extended.longer == now
                ? extended.own
                : now;
    }

    /** Looks from time to time for the next request, also after the connection has ended. */
    private static void look(HttpSession session, long accessed, long pauseNanos) {
        DeadlineTimer.later(pauseNanos, () -> {
            try {
                if (session.getLastAccessedTime() == accessed) {
                    look(session, accessed, pauseNanos);
                } else {
                    takeBack(session);
                }
            } catch (IllegalStateException e) {
                // The session has ended.
            }
        });
    }

    private static long pauseNanos(HttpSession session) {
        return Math.min(TimeUnit.SECONDS.toNanos(own(session)) / 4, MAX_PAUSE_NANOS);
    }

    private static void takeBack(HttpSession session) {
        synchronized (LongerSession.class) {
            session.setMaxInactiveInterval(own(session));
            session.removeAttribute(ATTRIBUTE);
        }
    }
}
