package io.twintrace.websocket;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How many bytes of messages a connection has received and sent, from its beginning on: as the application has them,
 * and as they were on the wire. The two differ by what compression buys, and while a message is under way by what is in
 * a buffer. Headers and control frames do not count, nor does what failed to be written.
 *
 * <p>Any thread may look at any time; the numbers go on while it does.
 */
public final class Traffic {
    private static final VarHandle RECEIVED = field("received");
    private static final VarHandle RECEIVED_ON_WIRE = field("receivedOnWire");
    private static final VarHandle SENT = field("sent");
    private static final VarHandle SENT_ON_WIRE = field("sentOnWire");

    // Each is written by one thread at a time, so that no update can be lost. Fields, not objects: every connection has
    // them.
    private volatile long received;
    private volatile long receivedOnWire;
    private volatile long sent;
    private volatile long sentOnWire;

    Traffic() {}

    /** Bytes of messages received, after inflating. */
    public long received() {
        return received;
    }

    /** The same bytes as they came, compressed where the peer has compressed them. */
    public long receivedOnWire() {
        return receivedOnWire;
    }

    /** Bytes of messages sent, before compressing. */
    public long sent() {
        return sent;
    }

    /** The same bytes as they went out, compressed where this side has compressed them. */
    public long sentOnWire() {
        return sentOnWire;
    }

    void received(long bytes) {
        add(RECEIVED, bytes);
    }

    void receivedOnWire(long bytes) {
        add(RECEIVED_ON_WIRE, bytes);
    }

    void sent(long bytes) {
        add(SENT, bytes);
    }

    void sentOnWire(long bytes) {
        add(SENT_ON_WIRE, bytes);
    }

    private void add(VarHandle counter, long bytes) {
        counter.setRelease(this, (long) counter.get(this) + bytes);
    }

    private static VarHandle field(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(Traffic.class, name, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @Override
    public String toString() {
        return "received " + received() + " bytes (" + receivedOnWire() + " on the wire), sent " + sent() + " ("
                + sentOnWire() + " on the wire)";
    }
}
