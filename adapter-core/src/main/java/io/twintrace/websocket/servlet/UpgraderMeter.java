package io.twintrace.websocket.servlet;

import io.twintrace.websocket.ByteCounts;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Refused;
import io.twintrace.websocket.internal.engine.ConnectionMeter;
import io.twintrace.websocket.internal.engine.ConnectionMeter.SlowPeer;
import io.twintrace.websocket.internal.engine.RoundTrips;
import io.twintrace.websocket.internal.engine.StoppableConnection;
import io.twintrace.websocket.internal.io.ByteCounter;
import io.twintrace.websocket.internal.jfr.ClosedConnection;
import io.twintrace.websocket.internal.jfr.ConnectionEvents;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Counts, records and logs what happens to the connections of one servlet or upgrader. A message touches nothing here:
 * each connection counts in its own fields, which are added once it has ended. Safe for use by any thread.
 */
final class UpgraderMeter {
    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket");

    private final String application;
    private final String servlet;
    private final RoundTrips roundTrips;

    private final LongAdder refused = new LongAdder();
    private final LongAdder concurrentWrites = new LongAdder();

    /** What ended connections have counted. Guarded by itself; nothing blocks inside. */
    private final Sums ended = new Sums();

    // Guarded by ended.
    private long opened;
    private long closedOutboxFull;
    private long closedWriteTimeout;

    /** The highest sums that were returned. Guarded by {@link #ended}. */
    private final Sums returned = new Sums();

    UpgraderMeter(String application, String servlet) {
        this.application = application;
        this.servlet = servlet;
        this.roundTrips = new RoundTrips(application, servlet);
    }

    String application() {
        return application;
    }

    String servlet() {
        return servlet;
    }

    RoundTrips roundTrips() {
        return roundTrips;
    }

    /** Notes that a connection has opened. Counts it first, so that it is counted whatever fails. */
    void opened(StoppableConnection connection) {
        synchronized (ended) {
            opened++;
        }
        ConnectionEvents.connectionOpened(
                application, servlet, connection.meter().number());
        LOGGER.log(Level.DEBUG, () -> connection + " opened");
    }

    /**
     * Notes that the application has finished with a connection, which {@link OpenConnections} no longer has. Counts it
     * first, like {@link #opened}.
     */
    void closed(StoppableConnection closed) {
        ConnectionMeter connection;
        SlowPeer slow;
        synchronized (ended) {
            ended.connections++;
            connection = closed.meter();
            ended.add(connection);
            slow = connection.slowPeer();
            closedOutboxFull += slow == SlowPeer.OUTBOX_FULL ? 1 : 0;
            closedWriteTimeout += slow == SlowPeer.WRITE_TIMEOUT ? 1 : 0;
        }
        if (slow != null) {
            ConnectionEvents.slowPeerClosed(application, servlet, connection.number(), slow.name());
        }
        ConnectionEvents.connectionClosed(
                application,
                servlet,
                () -> new ClosedConnection(
                        connection.number(),
                        connection.age().toNanos(),
                        connection,
                        connection.receivedCode(),
                        connection.sentCode()));
        LOGGER.log(Level.DEBUG, () -> closed + describeEnd(connection, slow));
    }

    private static String describeEnd(ConnectionMeter ended, SlowPeer slow) {
        return " closed, received code " + ended.receivedCode() + " and sent "
                + (ended.sentCode() == 0 ? "none" : ended.sentCode())
                + (slow == null ? "" : ", slow peer " + slow)
                + ", after " + ended.age().toMillis() + " ms: " + ended.messagesReceived()
                + " messages received and " + ended.messagesSent() + " sent, "
                + new ByteCounts(ended.received(), ended.receivedOnWire(), ended.sent(), ended.sentOnWire());
    }

    /** Notes that an opening handshake was refused. A page in a browser and a health check are none. */
    void refused(HandshakeRequest request, Refused answer, boolean byApplication) {
        if (RefusalLog.isHandshake(request)) {
            refused.increment();
            // The application's own text may contain anything.
            ConnectionEvents.handshakeRefused(
                    application,
                    servlet,
                    answer.status(),
                    byApplication,
                    byApplication ? "" : RefusalLog.reason(answer));
        }
    }

    /** Notes that two threads wrote to a connection at the same time. */
    void concurrentWrite() {
        concurrentWrites.increment();
    }

    /**
     * Returns the sums over all connections. What a connection that ends meanwhile has counted may be missing, but never
     * counts twice, because it is removed from the open ones before it is added here. Such a connection still counts as
     * open, so that nothing is missing once none is.
     *
     * @param open calls what it is given for each open connection
     */
    WebSocketTotals totals(Consumer<Consumer<ConnectionMeter>> open) {
        Sums sums = new Sums();
        synchronized (ended) {
            sums.add(ended);
        }
        open.accept(sums::addOpen);
        synchronized (ended) {
            sums.atLeast(returned);
            return sums.totals(this);
        }
    }

    /** Sums of what connections have counted. For one thread at a time. */
    private static final class Sums {
        private long connections;
        private long messagesReceived;
        private long messagesSent;
        private long received;
        private long receivedOnWire;
        private long sent;
        private long sentOnWire;
        private long pendingBytes;
        private long outboxBytes;

        void add(ByteCounter counter) {
            messagesReceived += counter.messagesReceived();
            messagesSent += counter.messagesSent();
            received += counter.received();
            receivedOnWire += counter.receivedOnWire();
            sent += counter.sent();
            sentOnWire += counter.sentOnWire();
        }

        void addOpen(ConnectionMeter connection) {
            add(connection);
            pendingBytes += connection.pendingBytes();
            outboxBytes += connection.outboxBytes();
        }

        void add(Sums other) {
            connections += other.connections;
            messagesReceived += other.messagesReceived;
            messagesSent += other.messagesSent;
            received += other.received;
            receivedOnWire += other.receivedOnWire;
            sent += other.sent;
            sentOnWire += other.sentOnWire;
        }

        /** Raises these and the others to the higher ones of both. */
        void atLeast(Sums others) {
            messagesReceived = others.messagesReceived = Math.max(messagesReceived, others.messagesReceived);
            messagesSent = others.messagesSent = Math.max(messagesSent, others.messagesSent);
            received = others.received = Math.max(received, others.received);
            receivedOnWire = others.receivedOnWire = Math.max(receivedOnWire, others.receivedOnWire);
            sent = others.sent = Math.max(sent, others.sent);
            sentOnWire = others.sentOnWire = Math.max(sentOnWire, others.sentOnWire);
        }

        WebSocketTotals totals(UpgraderMeter meter) {
            return new WebSocketTotals(
                    (int) Math.max(0, meter.opened - connections), // a stop may end one before it is counted as opened
                    meter.opened,
                    meter.refused.sum(),
                    messagesReceived,
                    messagesSent,
                    new ByteCounts(received, receivedOnWire, sent, sentOnWire),
                    pendingBytes,
                    outboxBytes,
                    meter.closedOutboxFull,
                    meter.closedWriteTimeout,
                    meter.roundTrips.count(),
                    meter.roundTrips.total(),
                    meter.roundTrips.recentLongest(),
                    meter.concurrentWrites.sum());
        }
    }
}
