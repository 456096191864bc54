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

    /** How to close each connection; null once the session has ended, or was read from a disk. Guarded by this. */
    private transient Map<WebSocketConnection, Runnable> closers = new HashMap<>();

    private SessionConnections() {}

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
        return session.getAttribute(ATTRIBUTE) instanceof SessionConnections existing && existing.isInUse()
                ? existing
                : null;
    }

    private synchronized boolean isInUse() {
        return closers != null;
    }

    /** Closes the connection when the session ends, or now if it has ended. The closer must not wait. */
    void add(WebSocketConnection connection, Runnable closer) {
        synchronized (this) {
            if (closers != null) {
                closers.put(connection, closer);
                return;
            }
        }
        closer.run();
    }

    synchronized void remove(WebSocketConnection connection) {
        if (closers != null) {
            closers.remove(connection);
        }
    }

    /** Called by the container at the end of the session, and if the attribute is removed, as by a log-out. */
    @Override
    public void valueUnbound(HttpSessionBindingEvent event) {
        Map<WebSocketConnection, Runnable> ended;
        synchronized (this) {
            ended = closers;
            closers = null;
        }
        if (ended != null) {
            ended.forEach(SessionConnections::close);
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
