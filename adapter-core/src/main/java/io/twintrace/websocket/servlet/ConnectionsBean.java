package io.twintrace.websocket.servlet;

import io.twintrace.websocket.internal.jmx.ConnectionsMXBean;
import java.time.Duration;

/** Shows the metrics of a servlet in JMX. */
final class ConnectionsBean implements ConnectionsMXBean {
    private static final double NANOS_PER_MILLI = 1e6;

    private final WebSocketMetrics metrics;

    ConnectionsBean(WebSocketMetrics metrics) {
        this.metrics = metrics;
    }

    private WebSocketTotals totals() {
        return metrics.totals();
    }

    @Override
    public int getOpen() {
        return totals().open();
    }

    @Override
    public long getOpened() {
        return totals().opened();
    }

    @Override
    public long getRefused() {
        return totals().refused();
    }

    @Override
    public long getMessagesReceived() {
        return totals().messagesReceived();
    }

    @Override
    public long getMessagesSent() {
        return totals().messagesSent();
    }

    @Override
    public long getBytesReceived() {
        return totals().bytes().received();
    }

    @Override
    public long getBytesReceivedOnWire() {
        return totals().bytes().receivedOnWire();
    }

    @Override
    public long getBytesSent() {
        return totals().bytes().sent();
    }

    @Override
    public long getBytesSentOnWire() {
        return totals().bytes().sentOnWire();
    }

    @Override
    public long getPendingBytes() {
        return totals().pendingBytes();
    }

    @Override
    public long getOutboxBytes() {
        return totals().outboxBytes();
    }

    @Override
    public long getClosedOutboxFull() {
        return totals().closedOutboxFull();
    }

    @Override
    public long getClosedWriteTimeout() {
        return totals().closedWriteTimeout();
    }

    @Override
    public long getRoundTrips() {
        return totals().roundTrips();
    }

    @Override
    public double getRoundTripMeanMillis() {
        return millis(totals().meanRoundTrip());
    }

    @Override
    public double getRoundTripMaxMillis() {
        return millis(totals().longestRoundTrip());
    }

    @Override
    public long getConcurrentWrites() {
        return totals().concurrentWrites();
    }

    private static double millis(Duration time) {
        return time.toNanos() / NANOS_PER_MILLI;
    }
}
