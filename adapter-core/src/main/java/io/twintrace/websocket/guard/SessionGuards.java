package io.twintrace.websocket.guard;

import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.detect.DetectorLevel;
import java.io.OutputStream;
import java.io.Writer;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * The guards of all sessions, each found by its session or by an object through which the session is written. Keeps
 * none of these in memory. Safe for use by any thread.
 */
public final class SessionGuards {
    private static final AtomicLong NUMBER = new AtomicLong();

    private final GuardSettings settings;
    private final WeakIdentityMap<SessionGuard> guards = new WeakIdentityMap<>();
    private final WeakIdentityMap<QueueGuard> queues = new WeakIdentityMap<>();

    /**
     * Creates guards.
     *
     * @param mode what happens at a conflict
     * @param level the conflicts to detect
     */
    public SessionGuards(GuardMode mode, DetectorLevel level) {
        this.settings = new GuardSettings(mode, level);
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
     * Finds the guard of a session, or creates it for one of which nobody can tell whether it is open.
     *
     * @param key the session, or an object through which it is written
     * @param path what reports call it, such as the path of its request, as the client wrote it: decoded, it could
     *     forge a line of the log
     * @return the guard
     */
    public SessionGuard of(Object key, String path) {
        SessionGuard known = guards.get(key);
        return known != null ? known : guards.computeIfAbsent(key, () -> create(path, () -> true));
    }

    /**
     * Finds the guard of a session, or creates it.
     *
     * @param session the session
     * @param path what reports call it, such as the path of its request, as the client wrote it: decoded, it could
     *     forge a line of the log
     * @param isOpen tells whether a session accepts messages. It must not refer to the session, which would stay in
     *     memory.
     * @param <S> the type of the session
     * @return the guard
     */
    public <S> SessionGuard of(S session, String path, Predicate<? super S> isOpen) {
        WeakReference<S> weak = new WeakReference<>(session);
        return guards.computeIfAbsent(session, () -> create(path, () -> isOpen(weak.get(), isOpen)));
    }

    private static <S> boolean isOpen(S session, Predicate<? super S> isOpen) {
        try {
            return session != null && isOpen.test(session); // no engine drops a session that is open
        } catch (RuntimeException e) { // as some engines do if it is closed
            return false;
        }
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

    /**
     * Guards what an engine has opened for binary data.
     *
     * @param opened by the engine
     * @param guard that of the session
     * @return writes to it
     */
    public static OutputStream guarded(OutputStream opened, SessionGuard guard) {
        return new GuardedOutputStream(opened, guard);
    }

    /**
     * Guards what an engine has opened for a text.
     *
     * @param opened by the engine
     * @param guard that of the session
     * @return writes to it
     */
    public static Writer guarded(Writer opened, SessionGuard guard) {
        return new GuardedTextWriter(opened, guard);
    }

    /**
     * Finds the guard of a session whose engine queues whole messages, or creates it.
     *
     * @param session the session
     * @param path what reports call it, as above
     * @return the guard
     */
    public QueueGuard queue(Object session, String path) {
        return queues.computeIfAbsent(session, () -> new QueueGuard(settings, named(path)));
    }

    /**
     * Finds the guard of a session whose engine queues whole messages.
     *
     * @param session the session
     * @return null if it has none
     */
    public QueueGuard findQueue(Object session) {
        return queues.get(session);
    }

    /**
     * Tells whether an engine loses a message in parts when a ping or pong is sent between them: Jetty does, by Jakarta
     * WebSocket.
     *
     * @param remote the name of the engine's class that sends
     * @return whether to check pings and pongs
     */
    public static boolean mindsPings(String remote) {
        return remote.startsWith("org.eclipse.jetty.");
    }

    /** Lets everything happen from now on, also on streams that are open. */
    public void end() {
        settings.end();
    }

    private SessionGuard create(String path, BooleanSupplier isOpen) {
        return new SessionGuard(settings, named(path), isOpen);
    }

    private static ConnectionId named(String path) {
        return new ConnectionId(NUMBER.incrementAndGet(), ConnectionId.plainPath(path));
    }

    /** {@return the number of sessions that have had a guard} */
    public static long sessions() {
        return NUMBER.get();
    }

    /** {@return the number of overlaps after the first one of each session, in mode {@link GuardMode#REPORT}} */
    public static long further() {
        return GuardSettings.further();
    }
}
