package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.write.CloseHandshake;
import io.twintrace.websocket.internal.write.FrameWriter;
import io.twintrace.websocket.internal.write.PendingStatus;
import java.net.SocketTimeoutException;

/**
 * Tracks the deadlines of a connection: for reading, for the peer to take pending bytes, for closing, the idle
 * timeout, and the answer to a Ping of {@link KeepAlive}. {@link BlockingReader} looks at them when it waits, and {@link
 * ListenerLoop} when its timer says that one may have passed.
 */
final class ConnectionDeadlines {
    private final CloseHandshake closing;
    private final PendingStatus pending;
    private final FrameWriter frames;
    private final Timeouts timeouts;

    /** Null if it is off. */
    private final KeepAlive keepAlive;

    /** The application's deadline. Any thread may set it. */
    private volatile long readDeadline = Deadlines.NONE;

    // Written by the thread that reads, read by any thread.
    private volatile long lastArrival = System.nanoTime();
    private volatile long incompleteSince;
    private volatile boolean incomplete;
    private volatile long lingerUntil = Deadlines.NONE;

    /** The number of the last frame that may be incomplete. Only compared, so it may overflow. */
    private int framesBegun;

    /** Whether the reading thread was waiting when the last input arrived, as far as it can tell. */
    private boolean awaited;

    /** When the reading thread returned to the application inside a frame; 0 if it did not. */
    private long leftAt;

    /**
     * @param pending what keeps this side from reading
     * @param connection the same connection, as keep-alive sees it
     */
    ConnectionDeadlines(
            CloseHandshake closing,
            PendingStatus pending,
            FrameWriter frames,
            Timeouts timeouts,
            KeepAlive.Connection connection) {
        this.closing = closing;
        this.pending = pending;
        this.frames = frames;
        this.timeouts = timeouts;
        this.keepAlive = timeouts.ping() == 0 ? null : new KeepAlive(connection);
    }

    /** Returns the earliest deadline. Any thread may call this. */
    long next() {
        if (isLingering()) {
            return Deadlines.earlier(lingerUntil, closing.deadline());
        }
        long hard = Deadlines.earlier(closing.deadline(), pending.deadline());
        return isRead() ? Deadlines.earlier(hard, Deadlines.earlier(read(), silence())) : hard;
    }

    /**
     * Returns the earliest deadline that was set explicitly: by the application, at the start of closing, or by
     * keep-alive. Any thread may call this.
     */
    long set() {
        return Deadlines.earlier(closing.deadline(), Deadlines.earlier(read(), pong()));
    }

    /** Once this side has decided to close, only the close timeout counts: the peer's answer is worth waiting for. */
    private long read() {
        return closing.isDecided() ? Deadlines.NONE : readDeadline;
    }

    /**
     * Returns whether the connection is read. While bytes are pending it is not, and the write deadline counts instead.
     */
    private boolean isRead() {
        return !pending.hasPending() && !closing.hasReadingEnded();
    }

    private long silence() {
        return Deadlines.earlier(idle(), pong());
    }

    /** As for reading, only the close timeout counts once this side has decided to close. */
    private long pong() {
        return keepAlive == null || closing.isDecided() ? Deadlines.NONE : keepAlive.deadline();
    }

    private long idle() {
        if (timeouts.idle() == 0) {
            return Deadlines.NONE;
        }
        // Nothing was read while bytes were pending, so that time does not count as silence of the peer.
        return (incomplete ? later(incompleteSince, pending.lastTaken()) : later(lastArrival, frames.lastWrite()))
                + timeouts.idle();
    }

    private static long later(long a, long b) {
        return a - b > 0 ? a : b;
    }

    /** Throws if a deadline has passed, except the one for silence. */
    void check() throws SocketTimeoutException {
        if (Deadlines.remaining(next()) > 0) {
            return;
        }
        if (isLingering()) {
            throw new SocketTimeoutException("the peer did not finish in time");
        }
        if (Deadlines.remaining(closing.deadline()) <= 0) {
            throw new SocketTimeoutException("peer did not close the WebSocket within the close timeout");
        }
        if (Deadlines.remaining(pending.deadline()) <= 0) {
            frames.timeOutIfLate();
            throw new SocketTimeoutException("timed out waiting for the peer to read");
        }
        if (isRead() && Deadlines.remaining(read()) <= 0) {
            throw new ReadDeadlineException();
        }
    }

    /** Returns whether the peer was silent for too long, as far as its input has been read. */
    boolean isIdle() {
        return isRead() && !isLingering() && Deadlines.remaining(silence()) <= 0;
    }

    /** Throws if the peer was silent for too long. Call this after an attempt to read that has found nothing. */
    void checkIdle() throws SocketTimeoutException {
        if (isIdle()) {
            throw pong() != Deadlines.NONE
                    ? PongTimeoutException.silent(timeouts.pong())
                    : new IdleTimeoutException(incomplete, timeouts.idle());
        }
    }

    /** Sets the application's deadline. Any thread may call this. */
    void read(long deadline) {
        readDeadline = deadline;
    }

    /**
     * Notes that something was read, and returns the time.
     *
     * @param wasAwaited false if it may have arrived much earlier
     */
    long arrived(boolean wasAwaited) {
        long now = System.nanoTime();
        lastArrival = now;
        awaited = wasAwaited;
        return now;
    }

    /**
     * Notes whether a frame has arrived only in part. It has to end within the idle timeout, so that a byte now and
     * then does not keep a connection alive. Call this once this side has done all it could, because the time of its
     * own work does not count as a delay of the peer.
     */
    void frameMayBeIncomplete(boolean isIncomplete, long begunSoFar) {
        if (isIncomplete && (!incomplete || (int) begunSoFar != framesBegun)) {
            incompleteSince = System.nanoTime();
        }
        framesBegun = (int) begunSoFar;
        if (incomplete != isIncomplete) {
            incomplete = isIncomplete;
        }
    }

    /**
     * Notes that the reading thread returns to the application. The application's time does not count as a delay of the
     * peer.
     */
    void leave() {
        if (incomplete) {
            leftAt = System.nanoTime();
        }
    }

    /** Notes that the reading thread is back. */
    void comeBack() {
        if (leftAt != 0) {
            long since = incompleteSince; // no other thread writes it
            incompleteSince = since + System.nanoTime() - leftAt;
            leftAt = 0;
        }
    }

    /** Throws if the deadline for closing or the one for reading has passed. Reads no clock if there is no deadline. */
    void checkReader() throws SocketTimeoutException {
        if (Deadlines.remaining(closing.deadline()) <= 0) {
            throw new SocketTimeoutException("peer did not close the WebSocket within the close timeout");
        }
        if (Deadlines.remaining(read()) <= 0) {
            throw new ReadDeadlineException();
        }
    }

    /** Notes that this side reads again after a pause, and returns the time. The peer needs a moment to send more. */
    long readsAgain() {
        long now = System.nanoTime();
        incompleteSince = now;
        return now;
    }

    // ---- For keep-alive: any thread, except where they say otherwise ------------------------------------------------

    /** Returns null if keep-alive is off. */
    KeepAlive keepAlive() {
        return keepAlive;
    }

    Timeouts timeouts() {
        return timeouts;
    }

    /** Returns whether either side has begun to close, or has failed. */
    boolean isClosing() {
        return closing.state() != CloseHandshake.State.OPEN || frames.broken() != null;
    }

    /** Returns when the peer last sent something, or took something that was pending. */
    long lastSignOfLife() {
        return later(lastArrival, frames.pending().lastTaken());
    }

    FrameWriter frames() {
        return frames;
    }

    /**
     * Returns the time from {@code sent} to the last arrival; 0 if what arrived may have lain unread before. Only the
     * reading thread calls this.
     */
    long measuredSince(long sent) {
        return awaited ? lastArrival - sent : 0;
    }

    // ---- Lingering ------------------------------------------------------------------------------------------------

    boolean isLingering() {
        return lingerUntil != Deadlines.NONE;
    }

    /** Sets the deadline for the peer to finish, after this side has sent everything. */
    void linger(long until) {
        lingerUntil = until;
    }
}
