package io.twintrace.websocket.internal.jmx;

/**
 * Shows what the connections of one servlet have counted since it started. Registered under
 * {@code io.twintrace.websocket:type=Connections,application="/chat",servlet="rooms"} while the servlet runs. All
 * upgraders of an application are one servlet here, named "upgrader". A value is at most a tenth of a second old.
 */
public interface ConnectionsMXBean {
    /** Returns the number of open connections. */
    int getOpen();

    /** Returns the number of connections that were opened. */
    long getOpened();

    /** Returns the number of opening handshakes that were refused, by the library or by the application. */
    long getRefused();

    /** Returns the number of messages whose last byte was received. */
    long getMessagesReceived();

    /** Returns the number of messages that were written. */
    long getMessagesSent();

    /** Returns the bytes of messages received, after inflating. */
    long getBytesReceived();

    /** Returns the bytes of messages received, as they came. */
    long getBytesReceivedOnWire();

    /** Returns the bytes of messages sent, before compressing. */
    long getBytesSent();

    /** Returns the bytes of messages sent, as they went out. */
    long getBytesSentOnWire();

    /** Returns the bytes that were written to open connections, and that the peers have not taken yet. */
    long getPendingBytes();

    /** Returns the bytes that wait in the outboxes of open connections. */
    long getOutboxBytes();

    /** Returns the number of connections that were closed because the outbox was full. */
    long getClosedOutboxFull();

    /** Returns the number of connections that ended because the peer took none of the pending bytes in time. */
    long getClosedWriteTimeout();

    /** Returns the number of Pings of keep-alive that were answered. */
    long getRoundTrips();

    /** Returns the mean time from a Ping to its Pong, in milliseconds; 0 if there was none. */
    double getRoundTripMeanMillis();

    /** Returns the longest time from a Ping to its Pong in the last one to two minutes, in milliseconds. */
    double getRoundTripMaxMillis();

    /** Returns the number of connections that had a concurrent write. */
    long getConcurrentWrites();
}
