package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.frame.Opcode;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.TimerWheel;
import io.twintrace.websocket.internal.write.WriteThreads;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Sends a connection's Pings (RFC 6455 section 5.5.2), and notices that the peer no longer answers. All connections
 * share one wheel. Receiving and sending messages does nothing for this: a run compares the time of the Ping with that
 * of the last arrival, which the idle timeout needs anyway.
 *
 * <p>Everything that is received counts as an answer, because a peer cannot answer in the middle of its own frame. So
 * does a piece of the pending writes that the peer has taken.
 *
 * <p>A run only announces that the answer is late. The reading side decides, after an attempt to read that has found
 * nothing. So an answer that nobody has read yet is never overlooked.
 */
final class KeepAlive extends TimerWheel.Entry {
    /** The connection that this serves. Any thread may call the methods that do not say otherwise; none waits. */
    interface Connection {
        Timeouts timeouts();

        /** Returns whether either side has begun to close, or has failed. */
        boolean isClosing();

        /** Returns when the peer last sent something, or took something that was pending. */
        long lastSignOfLife();

        /** Writes a control frame, unless bytes are pending. */
        void writeIfFree(Opcode opcode, byte[] payload);

        /** Returns whether bytes wait for the peer to read, even if this side goes on reading meanwhile. */
        boolean hasPending();

        /** Breaks the connection off if bytes are pending and the peer has taken none of them for so long. */
        void breakOffIfStuck(long nanos, IOException why);

        /** Has the reading side look at its deadlines again, even if nothing arrives. */
        void wake();

        /**
         * Returns the time from {@code sent} to the last arrival; 0 if what arrived may have lain unread before. Only
         * the reading thread calls this.
         */
        long measuredSince(long sent);
    }

    private static final TimerWheel WHEEL = new TimerWheel(WriteThreads::start);

    /** Begins the payload of each Ping, so that its Pong is told from one to a Ping of the application. */
    private static final long MARK = ThreadLocalRandom.current().nextLong();

    /** Hides this machine's clock from the peer. */
    private static final long MASK = ThreadLocalRandom.current().nextLong();

    private static final int PAYLOAD_BYTES = 2 * Long.BYTES;

    private static final byte[] EMPTY = {};

    /**
     * How long the answer may be late. After a pause of the whole process, the threads that read need a moment to
     * notice what has arrived meanwhile.
     */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Connection connection;

    /** Set before the first Ping. */
    private ConnectionMeter meter;

    /** When the last Ping was sent, or would have been if no bytes were pending. Written by runs. */
    private volatile long pingedAt;

    /** In nanoseconds; 0 if none was measured. Written by the reading thread. */
    private volatile long roundTrip;

    /** Whether the answer is late, unless there was a sign of life since. Written by runs. */
    private volatile boolean late;

    /** Whether the last Ping's Pong has come. */
    private volatile boolean measured;

    // Only for runs, of which there is one at a time.
    private boolean unanswered;
    private boolean suspected;

    /** How many intervals since the last Ping have brought a Pong instead. */
    private int beats;

    KeepAlive(Connection connection) {
        this.connection = connection;
    }

    /**
     * Begins. The first Ping comes after a random time between half an interval and a whole one, so that connections
     * that were opened together are not all pinged together.
     *
     * @param counts counts the round trips
     */
    void begin(ConnectionMeter counts) {
        meter = counts;
        long interval = timeouts().ping();
        long first = System.nanoTime() + interval - ThreadLocalRandom.current().nextLong(interval / 2 + 1);
        pingedAt = first - interval;
        boolean unused = WHEEL.add(this, first);
    }

    /** Ends for good. Any thread may call this, also before {@link #begin}. */
    void end() {
        WHEEL.remove(this);
    }

    // ---- Runs -----------------------------------------------------------------------------------------------------

    @Override
    protected long run() {
        if (connection.isClosing()) {
            return Deadlines.NONE; // the close timeout counts from now on
        }
        if (connection.lastSignOfLife() - pingedAt > 0) {
            unanswered = false;
        }
        long now = System.nanoTime();
        if (!unanswered) {
            long next = pingedAt + timeouts().ping();
            return now - next < 0 ? next : ping();
        }
        beatIfDue(now);
        if (timeouts().pong() == 0 || now - lateAt() < 0) {
            return nextRun(now);
        }
        if (!suspected) {
            suspected = true;
            return now + GRACE_NANOS;
        }
        return accuse(now);
    }

    private long ping() {
        late = false;
        suspected = false;
        unanswered = true;
        beats = 0;
        measured = false;
        long now = System.nanoTime();
        pingedAt = now;
        // If bytes are pending, this sends nothing, and the peer has to take some of them instead.
        byte[] payload = ByteBuffer.allocate(PAYLOAD_BYTES)
                .putLong(MARK)
                .putLong(now ^ MASK)
                .array();
        connection.writeIfFree(Opcode.PING, payload);
        return nextRun(now);
    }

    /**
     * Sends an unsolicited Pong (RFC 6455 section 5.5.3), so that a proxy sees traffic while an answer is awaited. More
     * Pings would fill the buffers of a connection that nobody reads with their answers.
     */
    private void beatIfDue(long now) {
        int passed = (int) intervalsPassed(now);
        if (passed != beats) {
            beats = passed;
            connection.writeIfFree(Opcode.PONG, EMPTY);
        }
    }

    private long intervalsPassed(long now) {
        return (now - pingedAt) / timeouts().ping();
    }

    private long accuse(long now) {
        boolean isNew = !late;
        late = true;
        if (connection.hasPending()) {
            long timeout = timeouts().pong();
            connection.breakOffIfStuck(timeout, PongTimeoutException.stuck(timeout));
            return now + Math.min(timeout, timeouts().ping());
        }
        if (isNew) {
            connection.wake();
        }
        return nextRun(now);
    }

    private long nextRun(long now) {
        long next = pingedAt + (intervalsPassed(now) + 1) * timeouts().ping();
        return late ? next : Deadlines.earlier(next, lateAt());
    }

    private long lateAt() {
        long timeout = timeouts().pong();
        return timeout == 0 ? Deadlines.NONE : pingedAt + timeout;
    }

    private Timeouts timeouts() {
        return connection.timeouts();
    }

    // ---- The reading side -----------------------------------------------------------------------------------------

    /**
     * Returns the time by which the peer should have answered, once that is past and it has shown no sign of life since
     * the Ping; else {@link Deadlines#NONE}. Any thread may call this.
     */
    long deadline() {
        return late && connection.lastSignOfLife() - pingedAt < 0 ? lateAt() : Deadlines.NONE;
    }

    /**
     * Takes a Pong that answers a Ping of keep-alive, and measures the time. Only the reading thread calls this.
     *
     * @return false if the Pong is for the application
     */
    boolean takePong(byte[] payload) {
        if (payload.length != PAYLOAD_BYTES || ByteBuffer.wrap(payload).getLong() != MARK) {
            return false;
        }
        long sent = ByteBuffer.wrap(payload).getLong(Long.BYTES) ^ MASK;
        if (sent == pingedAt && !measured) {
            measured = true;
            long nanos = connection.measuredSince(sent);
            if (nanos > 0) {
                roundTrip = nanos;
                meter.roundTrip(Duration.ofNanos(nanos));
            }
        }
        return true;
    }

    /** Returns the last round trip that was measured. Any thread may call this. */
    Optional<Duration> roundTrip() {
        long nanos = roundTrip;
        return nanos == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
    }
}
