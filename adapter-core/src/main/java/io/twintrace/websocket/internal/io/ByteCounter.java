package io.twintrace.websocket.internal.io;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Counts the messages of a connection, their bytes, and the frames that come. Any thread may look at any time. */
public class ByteCounter {
    private static final VarHandle FRAMES_BEGUN = field("framesBegun");
    private static final VarHandle MESSAGES_RECEIVED = field("messagesReceived");
    private static final VarHandle MESSAGES_SENT = field("messagesSent");
    private static final VarHandle RECEIVED = field("received");
    private static final VarHandle RECEIVED_ON_WIRE = field("receivedOnWire");
    private static final VarHandle SENT = field("sent");
    private static final VarHandle SENT_ON_WIRE = field("sentOnWire");

    // Each is written by one thread at a time, so that no update can be lost. Fields, not objects: every connection has
    // them.
    private volatile long framesBegun;
    private volatile long messagesReceived;
    private volatile long messagesSent;
    private volatile long received;
    private volatile long receivedOnWire;
    private volatile long sent;
    private volatile long sentOnWire;

    /** Frames of all kinds whose header was read. */
    public final long framesBegun() {
        return framesBegun;
    }

    /** Messages whose last byte was read. */
    public final long messagesReceived() {
        return messagesReceived;
    }

    /** Messages whose last frame was written. */
    public final long messagesSent() {
        return messagesSent;
    }

    /** Bytes of messages received, after inflating. */
    public final long received() {
        return received;
    }

    /** The same bytes as they came. */
    public final long receivedOnWire() {
        return receivedOnWire;
    }

    /** Bytes of messages sent, before compressing. */
    public final long sent() {
        return sent;
    }

    /** The same bytes as they went out. */
    public final long sentOnWire() {
        return sentOnWire;
    }

    public final void frameBegun() {
        add(FRAMES_BEGUN, 1);
    }

    public final void messageReceived() {
        add(MESSAGES_RECEIVED, 1);
    }

    public final void messageSent() {
        messagesSent(1);
    }

    public final void messagesSent(int messages) {
        add(MESSAGES_SENT, messages);
    }

    public final void received(long bytes) {
        add(RECEIVED, bytes);
    }

    public final void receivedOnWire(long bytes) {
        add(RECEIVED_ON_WIRE, bytes);
    }

    public final void sent(long bytes) {
        add(SENT, bytes);
    }

    public final void sentOnWire(long bytes) {
        add(SENT_ON_WIRE, bytes);
    }

    private void add(VarHandle counter, long more) {
        counter.setRelease(this, (long) counter.get(this) + more);
    }

    private static VarHandle field(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(ByteCounter.class, name, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
