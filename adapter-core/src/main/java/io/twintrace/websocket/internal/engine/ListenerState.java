package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.internal.io.DeadlineTimer;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.Milestone;
import io.twintrace.websocket.internal.io.PushTransport;
import io.twintrace.websocket.internal.write.CloseHandshake;
import io.twintrace.websocket.internal.write.ControlFrameWriter;
import io.twintrace.websocket.internal.write.FrameWriter;
import java.io.EOFException;
import java.io.IOException;

/**
 * Tracks how far a connection that calls a listener has come, and ends it. Only the thread in the turn calls these
 * methods, except where they say otherwise.
 */
final class ListenerState {
    /** What the listener may still be told. {@link CloseHandshake} knows how far the closing handshake has come. */
    private enum Phase {
        NEW,
        OPEN,
        /** The listener has failed, or has written after its own Close. Input before the peer's Close is dropped. */
        DROPPING,
        /** The listener has had its last call. The peer gets a moment to read what was written last. */
        LINGERING,
        OVER
    }

    /** What has arrived. */
    interface Arrived {
        /** Returns whether everything was taken, and most likely nothing more can be read now. */
        boolean isUsedUp();

        /** Ends reading messages, and gives back everything that is held for them. */
        void end();
    }

    private final ConnectionId id;
    private final ListenerCalls calls;
    private final PushTransport transport;
    private final FrameWriter frames;
    private final ControlFrameWriter control;
    private final CloseHandshake closing;
    private final ConnectionDeadlines deadlines;
    private final DeadlineTimer timer;

    private final Milestone over = new Milestone();
    private volatile Phase phase = Phase.NEW;

    // Set before the first turn.
    private Arrived arrived;
    private Runnable onClosed;

    ListenerState(
            ConnectionId id,
            ListenerCalls calls,
            PushTransport transport,
            FrameWriter frames,
            ControlFrameWriter control,
            CloseHandshake closing,
            ConnectionDeadlines deadlines,
            DeadlineTimer timer) {
        this.id = id;
        this.calls = calls;
        this.transport = transport;
        this.frames = frames;
        this.control = control;
        this.closing = closing;
        this.deadlines = deadlines;
        this.timer = timer;
    }

    /** Sets what has to end with reading. */
    void attach(Arrived input) {
        arrived = input;
    }

    /** Sets the action that runs once, after the listener's last call. */
    void onClosed(Runnable action) {
        onClosed = action;
    }

    /** Notes that the connection could not begin. The listener does not know of it, and is never called. */
    void neverBegun() {
        phase = Phase.OVER;
        timer.end(); // the application may have set a deadline
    }

    /** Makes the listener's first call, if it was not made yet. */
    void openIfNew() {
        if (phase == Phase.NEW) {
            phase = Phase.OPEN;
            long unused = deadlines.arrived(true);
            if (!calls.open()) {
                dropRest();
            }
        }
    }

    /** Returns whether messages are shown. */
    boolean isOpen() {
        return phase == Phase.OPEN;
    }

    /** Returns whether input is dropped until the peer's Close. */
    boolean isDropping() {
        return phase == Phase.DROPPING;
    }

    /** Returns whether the peer's Close is still awaited. */
    boolean isReading() {
        return phase == Phase.OPEN || phase == Phase.DROPPING;
    }

    boolean isLingering() {
        return phase == Phase.LINGERING;
    }

    /** Returns whether everything is done. Any thread may call this. */
    boolean isOver() {
        return phase == Phase.OVER;
    }

    /** Waits until everything is done. Returns false if that takes too long. Any thread may call this. */
    boolean awaitOver() throws InterruptedException {
        return over.await(Deadlines.remaining(closing.deadline()) + TransportCloser.LINGER_NANOS);
    }

    /** Handles an exception that the listener or a handler of control frames has thrown. */
    void listenerFailed(Throwable t) {
        dropRest();
        calls.failed(t);
    }

    /** Shows no further message. */
    void dropRest() {
        phase = isReading() ? Phase.DROPPING : phase;
    }

    void readingFailed(IOException e) {
        if (phase == Phase.LINGERING) {
            finish();
            return;
        }
        CloseStatus close = ReadingFailures.closeFor(e);
        if (close != null) {
            control.requestClose(close.payload());
        } else if (e instanceof ReadDeadlineException) {
            control.requestClose(new CloseStatus(CloseCode.INTERNAL_ERROR, ReadingFailures.DEADLINE).payload());
        } else if (closing.received() == null) {
            endReading(e instanceof EOFException ? CloseExceptions.abnormal(frames.broken()) : e);
            finish();
            return;
        }
        endReading(e);
    }

    /**
     * Ends reading after an error such as a lack of memory. A step may be half done, so that the next bytes could be
     * taken for something else.
     */
    void readingBroken(VirtualMachineError e) {
        if (phase == Phase.LINGERING) {
            finish();
            return;
        }
        control.requestClose(new CloseStatus(CloseCode.INTERNAL_ERROR, ReadingFailures.BROKEN).payload());
        endReading(new IOException("connection " + id + " cannot be read any further after an error", e));
    }

    /**
     * Ends reading, and makes the listener's last calls.
     *
     * @param why the reason; null if the peer has closed with an ordinary code
     */
    void endReading(IOException why) {
        phase = Phase.LINGERING;
        if (closing.state() == CloseHandshake.State.CLOSED && arrived.isUsedUp()) {
            closing.receivedLast();
        }
        closing.readingEnded();
        arrived.end();
        if (calls.mayBlock() && closing.state() == CloseHandshake.State.CLOSED) {
            endOutput(); // the listener's last calls may take long, and the peer need not wait for them
        }
        if (why != null) {
            calls.error(why);
        }
        CloseStatus received = closing.received();
        calls.close(received != null ? received : new CloseStatus(CloseCode.ABNORMAL, ""));
    }

    private void endOutput() {
        if (!transport.shutdownOutput() && closing.isReceivedLast()) {
            transport.close();
        }
    }

    /** Gives the peer a moment to finish, once everything is sent. Call this at the end of each turn. */
    void lingerOnceWritten() {
        if (phase != Phase.LINGERING || deadlines.isLingering() || !closing.hasWritingEnded()) {
            return;
        }
        if (closing.isReceivedLast()) {
            finish();
            return;
        }
        boolean told = frames.broken() == null && transport.shutdownOutput();
        deadlines.linger(Deadlines.afterNanos(told ? TransportCloser.LINGER_NANOS : TransportCloser.QUIET_NANOS));
        timer.look();
    }

    /**
     * Ends the connection after an error that leaves it in an unknown state. Tells the listener, and gives back all
     * buffers.
     */
    void turnFailed(Throwable t) {
        try {
            IOException why = new IOException("connection " + id + " is lost after an error", t);
            if (isReading()) {
                endReading(why);
            } else {
                calls.report(why);
            }
        } catch (Throwable another) {
            calls.report(another); // logged like the listener's errors, and again later if necessary
        } finally {
            finish();
        }
    }

    void finish() {
        if (phase != Phase.OVER) {
            phase = Phase.OVER;
            try {
                timer.end();
                arrived.end();
            } finally {
                try {
                    calls.over();
                    onClosed.run();
                } finally {
                    over.reach();
                    calls.ended();
                }
            }
        }
    }
}
