package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseException;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.internal.io.DeadlineTimer;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.PushTransport;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How far a connection that calls a listener has come, and what is done at its end. For the thread in the turn, but for
 * what says otherwise.
 */
final class ListenerState {
    private enum Phase {
        NEW,
        OPEN,
        /** The listener has failed, or written behind its own Close: what comes before the peer's Close is dropped. */
        DROPPING,
        /** The listener has had its last call; the peer gets a moment to read what was written last. */
        LINGERING,
        OVER
    }

    private final String name;
    private final ListenerCalls calls;
    private final PushTransport transport;
    private final FrameWriter output;
    private final CloseHandshake closing;
    private final ArrivingMessages messages;
    private final ReadingDeadlines deadlines;
    private final DeadlineTimer watch;

    private final CountDownLatch over = new CountDownLatch(1);
    private volatile Phase phase = Phase.NEW;

    /** Set before the first turn. */
    private Runnable whenOver;

    ListenerState(
            String name,
            ListenerCalls calls,
            PushTransport transport,
            FrameWriter output,
            CloseHandshake closing,
            ArrivingMessages messages,
            ReadingDeadlines deadlines,
            DeadlineTimer watch) {
        this.name = name;
        this.calls = calls;
        this.transport = transport;
        this.output = output;
        this.closing = closing;
        this.messages = messages;
        this.deadlines = deadlines;
        this.watch = watch;
    }

    /** What is run once, after the listener's last call. */
    void whenOver(Runnable action) {
        whenOver = action;
    }

    /** The connection could not begin: the listener has not heard of it, and never will. */
    void neverBegun() {
        phase = Phase.OVER;
    }

    /** Makes the listener's first call, if it was not made yet. */
    void openIfNew() {
        if (phase == Phase.NEW) {
            phase = Phase.OPEN;
            long unused = deadlines.arrived();
            if (!calls.open()) {
                dropRest();
            }
        }
    }

    /** Whether messages are shown. */
    boolean isOpen() {
        return phase == Phase.OPEN;
    }

    /** Whether what arrives is dropped until the peer's Close. */
    boolean isDropping() {
        return phase == Phase.DROPPING;
    }

    /** Whether the peer's Close is still awaited. */
    boolean isReading() {
        return phase == Phase.OPEN || phase == Phase.DROPPING;
    }

    boolean isLingering() {
        return phase == Phase.LINGERING;
    }

    /** Whether everything is done. Any thread. */
    boolean isOver() {
        return phase == Phase.OVER;
    }

    /** Waits until everything is done; false when that takes too long. Any thread. */
    boolean awaitOver() throws InterruptedException {
        return over.await(Deadlines.remaining(closing.deadline()) + TransportCloser.LINGER_NANOS, TimeUnit.NANOSECONDS);
    }

    /** The listener, or a handler of control frames, has thrown. */
    void listenerFailed(Throwable t) {
        dropRest();
        calls.failed(t);
    }

    /** No further message is shown. */
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
            output.requestClose(close.payload());
        } else if (e instanceof SocketTimeoutException && closing.requested() == null) {
            output.requestClose(new CloseStatus(CloseCode.INTERNAL_ERROR, ReadingFailures.DEADLINE).payload());
        } else if (!(e instanceof CloseException)) {
            endReading(e instanceof EOFException ? CloseExceptions.abnormal(output.broken()) : e);
            finish();
            return;
        }
        endReading(e);
    }

    /** A step of the reading may have been left half done, and the next bytes could be taken for something else. */
    void readingBroken(VirtualMachineError e) {
        if (phase == Phase.LINGERING) {
            finish();
            return;
        }
        output.requestClose(new CloseStatus(CloseCode.INTERNAL_ERROR, ReadingFailures.BROKEN).payload());
        endReading(new IOException("connection " + name + " cannot be read any further after an error", e));
    }

    /** Nothing more is read, for that reason; null where the peer has closed in the ordinary way. */
    void endReading(IOException why) {
        phase = Phase.LINGERING;
        if (closing.isDone() && messages.isUsedUp()) {
            closing.receivedLast();
        }
        closing.readingEnded();
        messages.end();
        if (calls.mayBlock() && closing.isDone()) {
            endOutput(); // what the listener does last may take its time, which the peer need not wait for
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

    /** Gives the peer its moment, once everything is said; to be asked at the end of each turn. */
    void lingerIfSaid() {
        if (phase != Phase.LINGERING || deadlines.isLingering() || !closing.hasWritingEnded()) {
            return;
        }
        if (closing.isReceivedLast()) {
            finish();
            return;
        }
        boolean told = output.broken() == null && transport.shutdownOutput();
        deadlines.linger(Deadlines.afterNanos(told ? TransportCloser.LINGER_NANOS : TransportCloser.QUIET_NANOS));
    }

    /** Nothing is certain any more: the listener is told, and all buffers are given back. */
    void turnFailed(Throwable t) {
        try {
            IOException why = new IOException("connection " + name + " is lost after an error", t);
            if (isReading()) {
                endReading(why);
            } else {
                calls.report(why);
            }
        } catch (Throwable another) {
            calls.report(another); // where the listener's errors are logged too, and again later if need be
        } finally {
            finish();
        }
    }

    void finish() {
        if (phase != Phase.OVER) {
            phase = Phase.OVER;
            try {
                watch.end();
                messages.end();
            } finally {
                try {
                    calls.over();
                    whenOver.run();
                } finally {
                    over.countDown();
                    calls.ended();
                }
            }
        }
    }
}
