package io.twintrace.websocket.guard;

import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.detect.DetectorLevel;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The guards of all sessions, each found by its session or by an object through which the session is written. Keeps
 * none of these in memory. Safe for use by any thread.
 */
public final class SessionGuards {
    /** Where conflicts are logged. */
    static final String LOGGER = "io.twintrace.websocket.guard";

    private static final AtomicLong NUMBER = new AtomicLong();
    private static final LongAdder FURTHER = new LongAdder();

    private final GuardMode mode;
    private final DetectorLevel level;
    private final WeakIdentityMap<SessionGuard> guards = new WeakIdentityMap<>();
    private volatile boolean ended;

    /**
     * Creates guards.
     *
     * @param mode what happens at a conflict
     * @param level the conflicts to detect
     */
    public SessionGuards(GuardMode mode, DetectorLevel level) {
        this.mode = mode;
        this.level = level;
    }

    /**
     * Finds the guard of a session.
     *
     * @param key the session, or an object through which it is written
     * @return null if it has none
     */
    public SessionGuard find(Object key) {
        return guards.get(key);
    }

    /**
     * Finds the guard of a session, or creates it.
     *
     * @param key the session, or an object through which it is written
     * @param path what reports call it, such as the path of its request
     * @return the guard
     */
    public SessionGuard of(Object key, String path) {
        SessionGuard known = guards.get(key);
        return known != null ? known : guards.computeIfAbsent(key, () -> create(path));
    }

    /**
     * Lets a guard be found by another object too.
     *
     * @param key another object through which the session is written
     * @param guard that of the session
     */
    public void also(Object key, SessionGuard guard) {
        guards.computeIfAbsent(key, () -> guard);
    }

    /** Lets everything happen from now on, also on streams that are open. */
    public void end() {
        ended = true;
    }

    boolean haveEnded() {
        return ended;
    }

    GuardMode mode() {
        return mode;
    }

    DetectorLevel level() {
        return level;
    }

    private SessionGuard create(String path) {
        return new SessionGuard(this, new ConnectionId(NUMBER.incrementAndGet(), path));
    }

    /** {@return the number of sessions that have had a guard} */
    public static long sessions() {
        return NUMBER.get();
    }

    /** {@return the number of overlaps after the first one of each session, in mode {@link GuardMode#REPORT}} */
    public static long further() {
        return FURTHER.sum();
    }

    static void countFurther() {
        FURTHER.increment();
    }
}
