package io.twintrace.websocket.internal.jfr;

import java.util.function.Supplier;
import jdk.jfr.FlightRecorder;

/**
 * Records events of connections. While no recording runs, an event costs a few nanoseconds. The events have no header,
 * no payload, no path of a request and no address. Any thread may call these methods.
 */
public final class ConnectionEvents {
    /** A runtime image without the module jdk.jfr has no recorder, and a container may hide it. */
    private static final boolean EXISTS = exists();

    private ConnectionEvents() {}

    private static boolean exists() {
        try {
            Class<?> unused = Class.forName("jdk.jfr.Event", false, ConnectionEvents.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /**
     * Returns whether there may be a recording. An event that is created earlier starts up the recorder, which takes
     * about a tenth of a second, perhaps of a selecting thread.
     */
    private static boolean isOn() {
        return EXISTS && FlightRecorder.isInitialized();
    }

    /** Records that a connection has opened. */
    public static void connectionOpened(String application, String servlet, long connection) {
        if (isOn()) {
            ConnectionOpenedEvent.record(application, servlet, connection);
        }
    }

    /**
     * Records that the application has finished with a connection.
     *
     * @param closed called only if the event is recorded
     */
    public static void connectionClosed(String application, String servlet, Supplier<ClosedConnection> closed) {
        if (isOn()) {
            ConnectionClosedEvent.record(application, servlet, closed);
        }
    }

    /** Records that an opening handshake was refused. */
    public static void handshakeRefused(
            String application, String servlet, int status, boolean byApplication, String reason) {
        if (isOn()) {
            HandshakeRefusedEvent.record(application, servlet, status, byApplication, reason);
        }
    }

    /** Records that this side has closed a connection because the peer was too slow. */
    public static void slowPeerClosed(String application, String servlet, long connection, String reason) {
        if (isOn()) {
            SlowPeerClosedEvent.record(application, servlet, connection, reason);
        }
    }

    /** Records the time from a Ping to its Pong. */
    public static void pingRoundTrip(String application, String servlet, long connection, long nanos) {
        if (isOn()) {
            PingRoundTripEvent.record(application, servlet, connection, nanos);
        }
    }
}
