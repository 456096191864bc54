package io.twintrace.websocket;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of messages a connection has received and sent, from its beginning on: as the application has them, and
 * as they were on the wire. The two differ by what compression buys, and while a message is under way by what is in a
 * buffer. Headers and control frames do not count, nor does what failed to be written.
 *
 * <p>Any thread may look at any time; the numbers go on while it does.
 */
public final class Traffic {
    // Each is written by one thread at a time, so that no update can be lost.
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong receivedOnWire = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong sentOnWire = new AtomicLong();

    Traffic() {}

    /** Bytes of messages received, after inflating. */
    public long received() {
        return received.get();
    }

    /** The same bytes as they came, compressed where the peer has compressed them. */
    public long receivedOnWire() {
        return receivedOnWire.get();
    }

    /** Bytes of messages sent, before compressing. */
    public long sent() {
        return sent.get();
    }

    /** The same bytes as they went out, compressed where this side has compressed them. */
    public long sentOnWire() {
        return sentOnWire.get();
    }

    void received(long bytes) {
        received.lazySet(received.getPlain() + bytes);
    }

    void receivedOnWire(long bytes) {
        receivedOnWire.lazySet(receivedOnWire.getPlain() + bytes);
    }

    void sent(long bytes) {
        sent.lazySet(sent.getPlain() + bytes);
    }

    void sentOnWire(long bytes) {
        sentOnWire.lazySet(sentOnWire.getPlain() + bytes);
    }

    @Override
    public String toString() {
        return "received " + received() + " bytes (" + receivedOnWire() + " on the wire), sent " + sent() + " ("
                + sentOnWire() + " on the wire)";
    }
}
