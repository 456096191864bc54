package io.twintrace.websocket.servlet;

import io.twintrace.websocket.ByteCounts;
import java.time.Duration;

/**
 * What the connections of one servlet have counted since it started. See {@link WebSocketMetrics#totals()}.
 *
 * @param open how many connections are open now, with those whose counts are not among the others yet
 * @param opened how many connections were opened
 * @param refused how many opening handshakes were refused, by the library or by the application
 * @param messagesReceived how many messages have arrived whole
 * @param messagesSent how many messages were written
 * @param bytes the bytes of messages
 * @param pendingBytes the bytes that were written to open connections, and that the peers have not taken yet
 * @param outboxBytes the bytes that wait in the outboxes of open connections
 * @param closedOutboxFull how many connections were closed because the outbox was full, counted when they end
 * @param closedWriteTimeout how many connections ended because the peer took none of the pending bytes before the write
 *     timeout, the application's write deadline, or the pong timeout
 * @param roundTrips how many Pings of keep-alive were answered
 * @param roundTripTime the sum of the times from those Pings to their Pongs
 * @param longestRoundTrip the longest of the last one to two minutes; zero if there was none
 * @param concurrentWrites how many connections had a concurrent write
 */
public record WebSocketTotals(
        int open,
        long opened,
        long refused,
        long messagesReceived,
        long messagesSent,
        ByteCounts bytes,
        long pendingBytes,
        long outboxBytes,
        long closedOutboxFull,
        long closedWriteTimeout,
        long roundTrips,
        Duration roundTripTime,
        Duration longestRoundTrip,
        long concurrentWrites) {
    static final WebSocketTotals NONE = new WebSocketTotals(
            0, 0, 0, 0, 0, new ByteCounts(0, 0, 0, 0), 0, 0, 0, 0, 0, Duration.ZERO, Duration.ZERO, 0);

    /** {@return the mean time from a Ping to its Pong; zero if there was none} */
    public Duration meanRoundTrip() {
        return roundTrips == 0 ? Duration.ZERO : roundTripTime.dividedBy(roundTrips);
    }

    WebSocketTotals plus(WebSocketTotals other) {
        ByteCounts more = other.bytes;
        return new WebSocketTotals(
                open + other.open,
                opened + other.opened,
                refused + other.refused,
                messagesReceived + other.messagesReceived,
                messagesSent + other.messagesSent,
                new ByteCounts(
                        bytes.received() + more.received(),
                        bytes.receivedOnWire() + more.receivedOnWire(),
                        bytes.sent() + more.sent(),
                        bytes.sentOnWire() + more.sentOnWire()),
                pendingBytes + other.pendingBytes,
                outboxBytes + other.outboxBytes,
                closedOutboxFull + other.closedOutboxFull,
                closedWriteTimeout + other.closedWriteTimeout,
                roundTrips + other.roundTrips,
                roundTripTime.plus(other.roundTripTime),
                longestRoundTrip.compareTo(other.longestRoundTrip) >= 0 ? longestRoundTrip : other.longestRoundTrip,
                concurrentWrites + other.concurrentWrites);
    }

    /** Returns what stays when the connections are no longer looked at. */
    WebSocketTotals withoutOpen() {
        return new WebSocketTotals(
                0,
                opened,
                refused,
                messagesReceived,
                messagesSent,
                bytes,
                0,
                0,
                closedOutboxFull,
                closedWriteTimeout,
                roundTrips,
                roundTripTime,
                Duration.ZERO,
                concurrentWrites);
    }
}
