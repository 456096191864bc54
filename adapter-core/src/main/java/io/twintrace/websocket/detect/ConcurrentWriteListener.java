package io.twintrace.websocket.detect;

/** Told of each conflict at the moment of detection, once a connection. */
@FunctionalInterface
public interface ConcurrentWriteListener {
    /**
     * Called on the second of the two threads, before its exception is thrown. Should be quick, since the Close frame
     * waits for it, within the close timeout; must not write to the connection, but may close it. What it throws is
     * suppressed under that thread's exception.
     *
     * @param report both threads and both stacks
     */
    void onConcurrentWrite(ConcurrentWriteReport report);

    /**
     * Calls this listener, then another one, which is called even when this one throws.
     *
     * @param next the other one
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
