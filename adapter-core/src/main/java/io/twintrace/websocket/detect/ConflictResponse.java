package io.twintrace.websocket.detect;

/** What a connection does about a conflict between its writers. Each method is called by a thread that has part in it. */
@FunctionalInterface
public interface ConflictResponse extends ConcurrentWriteListener {
    /**
     * Called by each thread before it is thrown its exception, so that it finds the connection prepared for the end
     * whichever thread is quicker. Called again for every write that fails later. Must not block.
     */
    default void conflictFound() {}

    /**
     * Called when the log and all listeners know of the conflict, or when no thread may come that could tell them. On
     * the second thread, or where that had no memory or stack left, on the next one; then perhaps twice.
     */
    default void everybodyTold() {}
}
