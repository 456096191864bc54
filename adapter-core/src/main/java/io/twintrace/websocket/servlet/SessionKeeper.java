package io.twintrace.websocket.servlet;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.internal.io.DeadlineTimer;
import jakarta.servlet.http.HttpSession;
import java.util.concurrent.TimeUnit;

/**
 * Keeps an HTTP session alive while messages come on a connection. Looks from time to time whether any have come, so
 * that a message itself costs nothing.
 */
final class SessionKeeper {
    /** How often it looks within the time after which a session expires. */
    private static final int LOOKS = 4;

    private static final long MAX_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final HttpSession session;
    private final Application application;
    private final long pauseNanos;

    /** Set once, before the first look. */
    private WebSocketConnection connection;

    /** The bytes received until the last look. Only one look at a time is scheduled. */
    private long seen;

    private volatile boolean over;

    SessionKeeper(HttpSession session, Application application) {
        this.session = session;
        this.application = application;
        this.pauseNanos = pauseNanos(session.getMaxInactiveInterval());
    }

    /** Returns zero for a session that never expires. */
    private static long pauseNanos(int maxInactiveSeconds) {
        long whole = TimeUnit.SECONDS.toNanos(Math.max(0, maxInactiveSeconds));
        return Math.min(whole / LOOKS, MAX_PAUSE_NANOS);
    }

    void start(WebSocketConnection opened) {
        connection = opened;
        if (pauseNanos > 0) {
            lookLater();
        }
    }

    private void lookLater() {
        DeadlineTimer.later(pauseNanos, this::look);
    }

    private void look() {
        long received = connection.byteCounts().received();
        boolean isLast = over;
        if (received != seen) {
            seen = received;
            try {
                application.startThread("websocket-session", this::touch); // a session may be in a database
            } catch (OutOfMemoryError e) {
                seen = 0; // tried again at the next look
            }
        }
        if (!isLast) {
            lookLater();
        }
    }

    private void touch() {
        try {
            SessionTouch.touch(session);
        } catch (IllegalStateException e) {
            over = true; // the session has ended
        }
    }

    /** The connection has ended. What came since the last look still counts. */
    void stop() {
        over = true;
    }
}
