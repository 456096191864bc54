package io.twintrace.websocket.room;

import java.util.function.Supplier;

/** A room's way to the other nodes, which is opened once, after the room. Safe for use by any thread. */
final class RoomChannel {
    private static final Backplane.Channel NOT_OPEN = new NoChannel();

    private volatile Backplane.Channel channel = NOT_OPEN;
    private volatile boolean closed;

    /** Guarded by this object. */
    private boolean opening;

    /** Returns the backplane's channel; before that is open, one that publishes nothing. */
    Backplane.Channel get() {
        return channel;
    }

    boolean isOpen() {
        return channel != NOT_OPEN;
    }

    /** Returns whether closing has begun. */
    boolean isClosed() {
        return closed;
    }

    /** Opens the way, unless that is done or too late. */
    synchronized void open(Supplier<Backplane.Channel> opener) {
        if (!isOpen() && !closed && !opening) {
            opening = true; // for a listener that asks for the room inside this call
            try {
                channel = opener.get();
            } finally {
                opening = false;
            }
        }
    }

    /** Opens no more. What is open stays so, for the members that leave, until {@link #close()}. */
    synchronized void beginClose() {
        closed = true;
    }

    void close() {
        channel.close();
    }

    /** For the moment between the creation of a room and its opening, and if that has failed. */
    private static final class NoChannel implements Backplane.Channel {
        @Override
        public boolean publish(RoomMessage message) {
            return false;
        }

        @Override
        public void announce(Presence presence) {
            throw new IllegalStateException("the room is not open");
        }

        @Override
        public void withdraw(String member) {
            // It was not announced.
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }
}
