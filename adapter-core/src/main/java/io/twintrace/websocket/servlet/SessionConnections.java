package io.twintrace.websocket.servlet;

import io.twintrace.websocket.WebSocketConnection;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The connections that close when an HTTP session ends. An attribute of the session, because every container tells an
 * attribute that its session has ended, also where no listener can be registered. Safe for use by any thread.
 */
final class SessionConnections implements HttpSessionBindingListener, Serializable {
    private static final long serialVersionUID = 1L;

    private static final String ATTRIBUTE = SessionConnections.class.getName();
    private static final ReentrantLock CREATING = new ReentrantLock();

    /** Guards the state of all objects, because connections move from one to another. Never held during a foreign call. */
    private static final ReentrantLock LOCK = new ReentrantLock();

    /** False for a copy that the container has read from a disk or received from another node. */
    private final transient boolean createdHere;

    // A copy begins with the default values of these: it has no connections, and takes some.

    /** How to close each connection; null if there is none. Guarded by the lock. */
    private transient Map<WebSocketConnection, Runnable> closers;

    /** What has this object's place in the session, and its connections; null if there is none. Guarded by the lock. */
    private transient SessionConnections successor;

    /** Whether the session has ended. Guarded by the lock. */
    private transient boolean ended;

    private SessionConnections() {
        this.createdHere = true;
    }

    /**
     * Returns the connections of a session.
     *
     * @throws IllegalStateException if the session has ended
     */
    static SessionConnections of(HttpSession session) {
        SessionConnections existing = existing(session);
        if (existing != null) {
            return existing;
        }
        CREATING.lock();
        try {
            existing = existing(session);
            if (existing != null) {
                return existing;
            }
            SessionConnections created = new SessionConnections();
            session.setAttribute(ATTRIBUTE, created);
            return created;
        } finally {
            CREATING.unlock();
        }
    }

    private static SessionConnections existing(HttpSession session) {
        return session.getAttribute(ATTRIBUTE) instanceof SessionConnections existing && !existing.hasEnded()
                ? existing
                : null;
    }

    private boolean hasEnded() {
        LOCK.lock();
        try {
            return latest().ended;
        } finally {
            LOCK.unlock();
        }
    }

    /** Returns the object that has the connections of this one now. Call with the lock. */
    private SessionConnections latest() {
        SessionConnections latest = this;
        while (latest.successor != null) {
            latest = latest.successor;
        }
        return latest;
    }

    /** Closes the connection when the session ends, or now if it has ended. The closer must not wait. */
    void add(WebSocketConnection connection, Runnable closer) {
        if (!put(connection, closer)) {
            closer.run();
        }
    }

    /** Returns false if the session has ended. */
    private boolean put(WebSocketConnection connection, Runnable closer) {
        LOCK.lock();
        try {
            SessionConnections latest = latest();
            if (latest.ended) {
                return false;
            }
            latest.putAll(Map.of(connection, closer));
            return true;
        } finally {
            LOCK.unlock();
        }
    }

    /** Call with the lock. */
    private void putAll(Map<WebSocketConnection, Runnable> added) {
        if (closers == null) {
            closers = new HashMap<>();
        }
        closers.putAll(added);
    }

    void remove(WebSocketConnection connection) {
        LOCK.lock();
        try {
            Map<WebSocketConnection, Runnable> all = latest().closers;
            if (all != null) {
                all.remove(connection);
            }
        } finally {
            LOCK.unlock();
        }
    }

    /**
     * Called by the container at the end of the session, and if the attribute is removed, as by a log-out. Also called
     * if the copy of another node's object replaces this one, where nodes replicate sessions. The session lives on
     * then, and so do its connections.
     */
    @Override
    public void valueUnbound(HttpSessionBindingEvent event) {
        SessionConnections present = present(event.getSession());
        if (present == null || present == this || !handOver(present)) {
            end().forEach(SessionConnections::close);
        }
    }

    /** Returns null if the session has none, or has ended. */
    private static SessionConnections present(HttpSession session) {
        try {
            return session.getAttribute(ATTRIBUTE) instanceof SessionConnections present ? present : null;
        } catch (RuntimeException e) { // IllegalStateException if it has ended; after any other it is safer to close
            return null;
        }
    }

    /** Returns false if the connections must close instead. */
    private boolean handOver(SessionConnections present) {
        LOCK.lock();
        try {
            SessionConnections from = latest();
            SessionConnections to = present.latest();
            if (from == to) { // the application has put back the object that had its place before
                return true;
            }
            if (present.createdHere || to.ended) { // for a handshake after the log-out
                return false;
            }
            if (!from.ended) {
                if (from.closers != null) {
                    to.putAll(from.closers);
                    from.closers = null;
                }
                from.successor = to;
            }
            return true;
        } finally {
            LOCK.unlock();
        }
    }

    /** Returns the connections to close. */
    private Map<WebSocketConnection, Runnable> end() {
        LOCK.lock();
        try {
            SessionConnections latest = latest();
            Map<WebSocketConnection, Runnable> last = latest.closers;
            latest.closers = null;
            latest.ended = true;
            return last == null ? Map.of() : last;
        } finally {
            LOCK.unlock();
        }
    }

    /** A failure does not keep the others open. */
    private static void close(WebSocketConnection connection, Runnable closer) {
        try {
            closer.run();
        } catch (Throwable t) { // for example, no thread can be started
            connection.abort();
        }
    }
}
