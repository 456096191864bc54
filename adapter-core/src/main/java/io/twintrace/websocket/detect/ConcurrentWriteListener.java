package io.twintrace.websocket.detect;

/** Called for each conflict when it is detected, once for each connection. */
@FunctionalInterface
public interface ConcurrentWriteListener {
    /**
     * Called on the second of the two threads, before it throws its exception. Be quick: the Close frame waits for this
     * call, within the close timeout. Do not write to the connection; you may close it. Exceptions of this method are
     * added to the thread's own exception as suppressed.
     *
     * @param report both threads and both stacks
     */
    void onConcurrentWrite(ConcurrentWriteReport report);

    /**
     * Combines this listener with another one. The other one is called second, even if this one throws.
     *
     * @param next the other listener
     * @return both as one listener
     */
    default ConcurrentWriteListener andThen(ConcurrentWriteListener next) {
        return report -> {
            try {
                onConcurrentWrite(report);
            } finally {
                next.onConcurrentWrite(report);
            }
        };
    }
}
