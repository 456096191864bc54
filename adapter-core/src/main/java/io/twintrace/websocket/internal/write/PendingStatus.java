package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.internal.io.Deadlines;

/** The bytes that wait for the peer to read. Any thread may call these methods. */
public interface PendingStatus {
    /** For a connection that reads whether or not any bytes are pending. */
    PendingStatus NONE = new PendingStatus() {
        private final long created = System.nanoTime();

        @Override
        public boolean hasPending() {
            return false;
        }

        @Override
        public long deadline() {
            return Deadlines.NONE;
        }

        @Override
        public long lastTaken() {
            return created;
        }
    };

    /** Returns whether any bytes are pending. */
    boolean hasPending();

    /** Returns the time by which the peer must take some of them; {@link Deadlines#NONE} if there are none. */
    long deadline();

    /** Returns when the peer last took pending bytes, on the time line of {@link System#nanoTime()}. */
    long lastTaken();
}
