package io.twintrace.websocket.detect;

/** The connection's response to a conflict between its writers. The conflicting threads call these methods. */
@FunctionalInterface
public interface ConflictResponse extends ConcurrentWriteListener {
    /** {@return what the conflict leads to} */
    default ConcurrentWriteReport.Consequence consequence() {
        return ConcurrentWriteReport.Consequence.CONNECTION_CLOSED;
    }

    /**
     * Called by each thread before it throws its exception, so that the connection is prepared for the end whichever
     * thread is faster. Called again for every write that fails later. Must not block.
     */
    default void conflictFound() {}

    /**
     * Called when the log and all listeners know of the conflict, or when no further thread may come to notify them.
     * The second thread calls this, or the next one if that has no memory or stack left; then perhaps twice.
     */
    default void everybodyTold() {}
}
