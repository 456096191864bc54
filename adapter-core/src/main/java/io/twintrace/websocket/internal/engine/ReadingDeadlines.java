package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.io.Deadlines;
import java.net.SocketTimeoutException;

/** The deadlines of a connection that calls a listener: for reading, writing, closing and silence. */
final class ReadingDeadlines {
    private final CloseHandshake closing;
    private final PushSink sink;
    private final FrameWriter output;
    private final long idleNanos;

    /** The application's deadline. Any thread. */
    private volatile long readDeadline = Deadlines.NONE;

    // Written within turns, read by any thread.
    private volatile long lastArrival = System.nanoTime();
    private volatile long incompleteSince;
    private volatile boolean incomplete;
    private volatile long lingerUntil = Deadlines.NONE;

    private long framesBegun;

    ReadingDeadlines(CloseHandshake closing, PushSink sink, FrameWriter output, long idleNanos) {
        this.closing = closing;
        this.sink = sink;
        this.output = output;
        this.idleNanos = idleNanos;
    }

    /** The earliest there is; any thread. */
    long next() {
        if (isLingering()) {
            return Deadlines.earlier(lingerUntil, closing.deadline());
        }
        long hard = Deadlines.earlier(closing.deadline(), sink.deadline());
        return isRead() ? Deadlines.earlier(hard, Deadlines.earlier(readDeadline, idle())) : hard;
    }

    /** With a backlog the connection is not read, and the write deadline rules. */
    private boolean isRead() {
        return !sink.isBacklogged() && !closing.hasReadingEnded();
    }

    private long idle() {
        if (idleNanos == 0) {
            return Deadlines.NONE;
        }
        // While there was a backlog nothing was read, which is not the peer's silence.
        return (incomplete ? later(incompleteSince, sink.backlogEnd()) : later(lastArrival, output.lastWrite()))
                + idleNanos;
    }

    private static long later(long a, long b) {
        return a - b > 0 ? a : b;
    }

    /** Throws what has not happened in time, but for input. */
    void check() throws SocketTimeoutException {
        if (Deadlines.remaining(next()) > 0) {
            return;
        }
        if (isLingering()) {
            throw new SocketTimeoutException("the peer has had its moment");
        }
        if (Deadlines.remaining(closing.deadline()) <= 0) {
            throw new SocketTimeoutException("peer did not close the WebSocket within the close timeout");
        }
        if (Deadlines.remaining(sink.deadline()) <= 0) {
            output.timeOut();
            throw new SocketTimeoutException("timed out waiting for the peer to read");
        }
        if (isRead() && Deadlines.remaining(readDeadline) <= 0) {
            throw new SocketTimeoutException("read deadline passed");
        }
    }

    /** Whether the peer was silent for too long, as far as has been read. */
    boolean isIdle() {
        return isRead() && !isLingering() && Deadlines.remaining(idle()) <= 0;
    }

    /** Throws if the peer was silent for too long; after a look that has found nothing. */
    void checkIdle() throws SocketTimeoutException {
        if (isIdle()) {
            throw new IdleTimeoutException(incomplete, idleNanos);
        }
    }

    /** The application's. Any thread. */
    void read(long deadline) {
        readDeadline = deadline;
    }

    /** Something was read; gives the time. */
    long arrived() {
        long now = System.nanoTime();
        lastArrival = now;
        return now;
    }

    /**
     * A frame that has begun has to end within the idle timeout, so that a byte now and then keeps nothing alive. To be
     * asked when this side has done all it could: what it did meanwhile is no delay of the peer's.
     */
    void frameMayBeIncomplete(boolean isIncomplete, long begunSoFar) {
        if (isIncomplete && (!incomplete || begunSoFar != framesBegun)) {
            incompleteSince = System.nanoTime();
        }
        framesBegun = begunSoFar;
        if (incomplete != isIncomplete) {
            incomplete = isIncomplete;
        }
    }

    /**
     * This side reads again, after a while in which it did not want to; the peer needs a moment to send on. Gives the
     * time.
     */
    long readsAgain() {
        long now = System.nanoTime();
        incompleteSince = now;
        return now;
    }

    boolean isLingering() {
        return lingerUntil != Deadlines.NONE;
    }

    /** Everything is said; the peer has until then. */
    void linger(long until) {
        lingerUntil = until;
    }
}
