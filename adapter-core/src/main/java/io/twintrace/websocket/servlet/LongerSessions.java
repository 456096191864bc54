package io.twintrace.websocket.servlet;

import io.twintrace.websocket.internal.io.DeadlineTimer;
import io.twintrace.websocket.internal.io.Deadlines;
import jakarta.servlet.http.HttpSession;
import java.io.Serializable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Lets a session live longer before Servlet 6.1, where nothing but a request counts as an access. Most containers count
 * anew from each call of {@code setMaxInactiveInterval}. Tomcat counts from the last request: there this adds the time
 * since then to the time after which the session expires, and takes it back after the next request. Safe for use by any
 * thread.
 */
final class LongerSessions {
    private static final String ATTRIBUTE = LongerSessions.class.getName();
    private static final long MIN_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long MAX_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** Several upgraders may keep one session alive. */
    private static final ReentrantLock LOCK = new ReentrantLock();

    /** Runs tasks that may be blocked, because a session may be stored in a database. */
    private final Consumer<Runnable> starter;

    private final Predicate<HttpSession> countsFromRequests;

    /** When the last request of each session was that lives longer. */
    private final Map<HttpSession, Long> all = new ConcurrentHashMap<>();

    private final DeadlineTimer timer = DeadlineTimer.of(this::nextLook, this::startLook);
    private volatile long nextLook = Deadlines.NONE;

    LongerSessions(Consumer<Runnable> starter) {
        this(starter, LongerSessions::isOfTomcat);
    }

    LongerSessions(Consumer<Runnable> starter, Predicate<HttpSession> countsFromRequests) {
        this.starter = starter;
        this.countsFromRequests = countsFromRequests;
    }

    private static boolean isOfTomcat(HttpSession session) {
        return session.getClass().getName().startsWith("org.apache.catalina.");
    }

    /**
     * The attribute of a session that lives longer.
     *
     * @param own what the application has set, in seconds
     * @param longer what this has made of it
     */
    private record Interval(int own, int longer) implements Serializable {}

    /** @throws IllegalStateException if the session has ended */
    void extend(HttpSession session) {
        LOCK.lock();
        try {
            int own = own(session);
            if (own <= 0) {
                takeBack(session); // it never expires
            } else if (countsFromRequests.test(session)) {
                long accessed = session.getLastAccessedTime();
                long idle = TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis() - accessed) + 1;
                Interval interval = new Interval(own, (int) Math.min(Integer.MAX_VALUE, own + idle));
                session.setAttribute(ATTRIBUTE, interval);
                session.setMaxInactiveInterval(interval.longer());
                all.put(session, accessed);
                lookAfterQuarterOf(own);
            } else {
                session.setMaxInactiveInterval(own);
            }
        } finally {
            LOCK.unlock();
        }
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

    private void lookAfterQuarterOf(int seconds) {
        long pause = Math.max(MIN_PAUSE_NANOS, Math.min(MAX_PAUSE_NANOS, TimeUnit.SECONDS.toNanos(seconds) / 4));
        nextLook = Deadlines.earlier(nextLook, Deadlines.afterNanos(pause));
        timer.look();
    }

    private void startLook() {
        nextLook = Deadlines.NONE;
        starter.accept(this::look);
    }

    /** Looks for the next requests, also after the connections have ended. */
    private void look() {
        all.entrySet().removeIf(each -> isOver(each.getKey(), each.getValue()));
    }

    /** Takes back what a session has no need of any more. */
    private boolean isOver(HttpSession session, long accessed) {
        LOCK.lock();
        try {
            int own = own(session);
            if (own > 0 && session.getLastAccessedTime() == accessed) {
                lookAfterQuarterOf(own);
                return false;
            }
            takeBack(session);
        } catch (RuntimeException e) {
            // The session has ended, or its store has failed.
        } finally {
            LOCK.unlock();
        }
        return true;
    }

    private static void takeBack(HttpSession session) {
        if (session.getAttribute(ATTRIBUTE) != null) {
            session.setMaxInactiveInterval(own(session));
            session.removeAttribute(ATTRIBUTE);
        }
    }

    /** Called at the end of the application. */
    void end() {
        timer.end();
        all.keySet().removeIf(session -> isOver(session, Long.MIN_VALUE));
    }
}
