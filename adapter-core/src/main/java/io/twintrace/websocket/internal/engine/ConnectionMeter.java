package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.internal.io.ByteCounter;
import io.twintrace.websocket.internal.write.CloseHandshake;
import io.twintrace.websocket.internal.write.FrameWriter;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * Tells what one connection has counted. Costs a message no more than its counts: the rest is what the connection keeps
 * anyway. Any thread may call these methods. Only the connection counts.
 */
public final class ConnectionMeter extends ByteCounter {
    private final long number;
    private final FrameWriter frames;
    private final CloseHandshake closing;
    private final OnDemand onDemand;
    private final RoundTrips roundTrips;
    private final long created = System.nanoTime();

    private volatile boolean outboxWasFull;

    /** Why this side has closed the connection of a peer that did not read fast enough. */
    public enum SlowPeer {
        /** The outbox was full, and its options say to close the connection then. */
        OUTBOX_FULL,
        /**
         * The peer took no bytes before the write timeout, the application's write deadline, or the pong timeout of
         * keep-alive.
         */
        WRITE_TIMEOUT
    }

    ConnectionMeter(long number, FrameWriter frames, CloseHandshake closing, OnDemand onDemand, RoundTrips roundTrips) {
        this.number = number;
        this.frames = frames;
        this.closing = closing;
        this.onDemand = onDemand;
        this.roundTrips = roundTrips;
    }

    /** Counts the time from a Ping to its Pong. */
    void roundTrip(Duration measured) {
        roundTrips.add(number, measured);
    }

    /** Notes that the connection is closed because its outbox is full. */
    void outboxIsFull() {
        outboxWasFull = true;
    }

    /** Returns the number of the connection, as in the log. */
    public long number() {
        return number;
    }

    /** Returns how long the connection has existed. */
    public Duration age() {
        return Duration.ofNanos(System.nanoTime() - created);
    }

    /** Returns how many bytes were written that the peer has not taken yet. */
    public long pendingBytes() {
        return frames.pendingBytes();
    }

    /** Returns how many bytes wait in the outbox. */
    public long outboxBytes() {
        ConnectionOutbox outbox = onDemand.outboxIfAny();
        return outbox == null ? 0 : outbox.waitingBytes();
    }

    /** Returns the code of the peer's Close frame; 1006 if there is none. */
    public int receivedCode() {
        CloseStatus received = closing.received();
        return received == null ? CloseCode.ABNORMAL : received.code();
    }

    /** Returns the code of this side's Close frame, which may not have reached the peer; 0 if there is none. */
    public int sentCode() {
        return closing.decidedCode();
    }

    /** Returns why the peer was too slow; null if it was not. */
    public SlowPeer slowPeer() {
        if (outboxWasFull) {
            return SlowPeer.OUTBOX_FULL;
        }
        return frames.broken() instanceof SocketTimeoutException ? SlowPeer.WRITE_TIMEOUT : null;
    }
}
