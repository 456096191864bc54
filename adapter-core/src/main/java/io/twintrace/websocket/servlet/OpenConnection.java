package io.twintrace.websocket.servlet;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.internal.engine.StoppableConnection;
import io.twintrace.websocket.internal.io.Deadlines;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/** One open connection, and how far its closing has come if its server stops. Safe for use by any thread. */
final class OpenConnection {
    private static final AtomicReferenceFieldUpdater<OpenConnection, State> STATE =
            AtomicReferenceFieldUpdater.newUpdater(OpenConnection.class, State.class, "state");

    private static final AtomicReferenceFieldUpdater<OpenConnection, Stop> STOP =
            AtomicReferenceFieldUpdater.newUpdater(OpenConnection.class, Stop.class, "stop");

    private final StoppableConnection connection;
    private final Service service;

    /** The thread that runs the application for it, or null. */
    private final Thread runner;

    private volatile State state = State.OPEN;

    /** Null until a stop begins to close it. */
    private volatile Stop stop;

    /**
     * How a stop closes it.
     *
     * @param closeBy the time to send the Close frame at, even if messages still wait
     * @param cutBy the time for everything to end
     * @param isAsked whether it was still open when the stop asked it to close
     */
    private record Stop(long closeBy, long cutBy, boolean isAsked) {}

    private enum State {
        OPEN,
        CLOSING,
        /** The time is over. The peer has closed, but the application has not ended. */
        CLOSED,
        /** The time is over, and the peer has not closed. */
        CUT,
        ENDED
    }

    OpenConnection(StoppableConnection connection, Service service) {
        this.connection = connection;
        this.service = service;
        this.runner = service.runner();
    }

    StoppableConnection connection() {
        return connection;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    boolean isClosing() {
        return state == State.CLOSING;
    }

    /** Returns whether it is closing, and its time is over. */
    boolean isLate() {
        return isClosing() && Deadlines.remaining(stop.cutBy) <= 0;
    }

    private boolean isUnanswered() {
        return connection.peerCloseStatus().isEmpty();
    }

    /**
     * Begins to close it with 1001 once its outbox is empty, unless that has begun, or it has ended. Does not wait.
     *
     * @param closeBy the time to send the Close frame at, even if messages still wait
     * @param cutBy the time for everything to end
     * @return whether this call has begun to
     */
    boolean beginClose(String reason, long closeBy, long cutBy) {
        if (!isOpen() || !STOP.compareAndSet(this, null, new Stop(closeBy, cutBy, connection.isOpen()))) {
            return false;
        }
        boolean begins = STATE.compareAndSet(this, State.OPEN, State.CLOSING);
        if (begins) {
            connection.beginCloseAfterOutbox(CloseCode.GOING_AWAY, reason);
        }
        return begins;
    }

    /** Does what neither the peer nor the application does. Does not wait. */
    void goOnClosing(String reason) {
        if (Deadlines.remaining(stop.closeBy) <= 0) {
            connection.beginClose(CloseCode.GOING_AWAY, reason); // without effect after the first time
        }
        connection.goOnClosing();
    }

    /**
     * Notes that the time for its closing is over. Call {@link #cutOff} next.
     *
     * @return true for the one call that finds it closing without an answer of the peer
     */
    boolean giveUp() {
        State then = isUnanswered() ? State.CUT : State.CLOSED;
        return STATE.compareAndSet(this, State.CLOSING, then) && then == State.CUT;
    }

    void cutOff() {
        boolean unused = giveUp();
        connection.abort();
    }

    /** Notes its end, also in the log if its closing had begun. */
    void ended(StopLog log) {
        State before = STATE.getAndSet(this, State.ENDED);
        if ((before == State.CLOSING || before == State.CLOSED) && isClosedByStop()) {
            log.ended();
        } else if (before != State.OPEN) {
            log.leave();
        }
    }

    /** Returns false if the peer or the application was first, whose code may also be 1001. */
    private boolean isClosedByStop() {
        return stop.isAsked && connection.meter().sentCode() == CloseCode.GOING_AWAY;
    }

    void interruptApplication() {
        service.interrupt(runner);
    }

    /** Returns the log line about the application, which still uses it. */
    String whatStillRuns() {
        return service.whatStillRuns(connection, runner);
    }
}
