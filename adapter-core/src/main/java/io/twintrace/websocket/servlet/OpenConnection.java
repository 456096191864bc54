package io.twintrace.websocket.servlet;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.internal.engine.StoppableConnection;
import io.twintrace.websocket.internal.io.Deadlines;
import java.util.concurrent.atomic.AtomicReference;

/** One open connection, and how far its closing has come if its server stops. Safe for use by any thread. */
final class OpenConnection {
    private final StoppableConnection connection;
    private final Service service;

    /** The thread that runs the application for it, or null. */
    private final Thread runner;

    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);

    // Written before the state becomes CLOSING.
    private volatile long closeBy;
    private volatile long cutBy;

    private enum State {
        OPEN,
        CLOSING,
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
        return state.get() == State.OPEN;
    }

    boolean isClosing() {
        return state.get() == State.CLOSING;
    }

    /** Returns whether it is closing, and its time is over. */
    boolean isLate() {
        return isClosing() && Deadlines.remaining(cutBy) <= 0;
    }

    /** Returns whether the peer has not answered the Close frame. */
    boolean isUnanswered() {
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
        if (!isOpen()) {
            return false;
        }
        this.closeBy = closeBy;
        this.cutBy = cutBy;
        boolean begins = state.compareAndSet(State.OPEN, State.CLOSING);
        if (begins) {
            connection.beginCloseAfterOutbox(CloseCode.GOING_AWAY, reason);
        }
        return begins;
    }

    /** Does what neither the peer nor the application does. Does not wait. */
    void goOnClosing(String reason) {
        if (Deadlines.remaining(closeBy) <= 0) {
            connection.beginClose(CloseCode.GOING_AWAY, reason); // without effect after the first time
        }
        connection.goOnClosing();
    }

    void cutOff() {
        boolean unused = state.compareAndSet(State.CLOSING, State.CUT);
        connection.abort();
    }

    /** Notes its end. Returns whether it was closing before. */
    boolean ended() {
        return state.getAndSet(State.ENDED) != State.OPEN;
    }

    void interruptApplication() {
        service.interrupt(runner);
    }

    /** Returns the log line about the application, which still uses it. */
    String whatStillRuns() {
        return service.whatStillRuns(connection, runner);
    }
}
