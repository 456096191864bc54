package io.twintrace.websocket.detect;

/**
 * Builds the exceptions of the threads that a conflict fails, and reports it once: to the log, the listeners and the
 * connection. Called with the conflict in the detector's slot, by each thread that fails.
 */
final class ConflictFailures {
    private ConflictFailures() {}

    /**
     * The exception of the second thread, which reports the conflict. When it has no memory or stack left for that, the
     * next thread that fails reports instead.
     */
    static ConcurrentWriteException ofSecond(Conflict conflict) {
        ConcurrentWriteException mine;
        try {
            conflict.response().conflictFound();
            mine = buildSecond(conflict);
        } catch (Throwable t) {
            conflict.postponeReport();
            if (conflict.hasFailedAThread()) { // it looked before that, and perhaps no other thread ever fails
                release(conflict);
            }
            throw t;
        }
        report(conflict, mine);
        return mine;
    }

    private static ConcurrentWriteException buildSecond(Conflict conflict) {
        try {
            return conflict.secondFails();
        } catch (OutOfMemoryError e) { // for two stacks there is no memory, but perhaps for the two names
            ConcurrentWriteException mine = conflict.secondFailsWithoutStacks();
            mine.addSuppressed(e);
            return mine;
        }
    }

    /**
     * The exception of a thread that was inside a write when the second one came.
     *
     * @param thrown what its write has thrown, or null; suppressed under the exception
     */
    static ConcurrentWriteException ofFirst(Conflict conflict, Operation operation, Thread thread, Throwable thrown) {
        try {
            conflict.response().conflictFound();
            ConcurrentWriteException mine = conflict.firstFails(thread, operation);
            if (thrown != null) {
                mine.addSuppressed(thrown);
            }
            return reportedIfPending(conflict, mine);
        } catch (Throwable t) { // no memory or stack left here either
            if (conflict.isReportPending()) {
                release(conflict);
            }
            throw t;
        }
    }

    /** A first thread that was not inside a write fails once as the first, every other thread as a later one. */
    static ConcurrentWriteException ofLater(Conflict conflict, Operation operation, Thread thread) {
        conflict.response().conflictFound();
        boolean holder = conflict.isInterleaved() && operation.continuesMessage(); // it may have been handed on
        boolean first = !conflict.isOverlap() && !conflict.isSecond(thread) && (conflict.isFirst(thread) || holder);
        if (first && conflict.claimFirst()) {
            return reportedIfPending(conflict, conflict.firstFails(thread, operation));
        }
        ConcurrentWrites.countFailedLater();
        return reportedIfPending(conflict, conflict.laterFails(operation));
    }

    private static ConcurrentWriteException reportedIfPending(Conflict conflict, ConcurrentWriteException mine) {
        if (conflict.claimReport()) {
            report(conflict, mine);
        }
        return mine;
    }

    private static void report(Conflict conflict, ConcurrentWriteException mine) {
        try {
            ConcurrentWrites.detected(mine.report(), conflict.response(), mine);
        } finally {
            release(conflict);
        }
    }

    /** Lets everything go on that waits for the report. */
    private static void release(Conflict conflict) {
        try {
            conflict.everybodyTold();
        } finally {
            conflict.response().everybodyTold();
        }
    }
}
