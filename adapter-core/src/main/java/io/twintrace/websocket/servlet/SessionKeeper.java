package io.twintrace.websocket.servlet;

import io.twintrace.websocket.internal.engine.ConnectionMeter;
import io.twintrace.websocket.internal.engine.StoppableConnection;
import io.twintrace.websocket.internal.io.DeadlineTimer;
import io.twintrace.websocket.internal.io.Deadlines;
import jakarta.servlet.http.HttpSession;
import java.util.concurrent.RejectedExecutionException;
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

    private final DeadlineTimer timer = DeadlineTimer.of(this::nextLook, this::look);

    /** Set once, before the first look. */
    private StoppableConnection connection;

    /** The bytes and messages received until the last look. Guarded by this. */
    private long seen;

    private volatile long nextLook = Deadlines.NONE;

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

    void start(StoppableConnection opened) {
        connection = opened;
        if (pauseNanos > 0) {
            lookLater();
        }
    }

    private long nextLook() {
        return nextLook;
    }

    private void lookLater() {
        nextLook = Deadlines.afterNanos(pauseNanos);
        timer.look();
    }

    private void look() {
        touchAfterMessages();
        lookLater();
    }

    private synchronized void touchAfterMessages() {
        ConnectionMeter meter = connection.meter();
        long received = meter.received() + meter.messagesReceived(); // a message may be empty, or still go on
        if (received == seen) {
            return;
        }
        try {
            application.startThread("websocket-session", this::touch); // a session may be in a database
            seen = received;
        } catch (OutOfMemoryError | RejectedExecutionException e) {
            // Tried again at the next look, unless the application has ended.
        }
    }

    private void touch() {
        try {
            SessionTouch.touch(session, application.longerSessions());
        } catch (IllegalStateException e) {
            timer.end(); // the session has ended
        } catch (RuntimeException e) {
            timer.end();
            application.context().log("messages of " + connection + " do not keep its HTTP session alive any more", e);
        }
    }

    /** The connection has ended. What came since the last look still counts. */
    void stop() {
        timer.end();
        if (connection != null && pauseNanos > 0) { // null if it has never been opened
            touchAfterMessages();
        }
    }
}
