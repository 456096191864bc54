package io.twintrace.websocket.detect;

/**
 * Builds the exceptions of the threads that fail because of a conflict. Reports the conflict once to the log, the
 * listeners and the connection. Each failing thread calls this, with the conflict in the detector's slot.
 */
final class ConflictFailures {
    private ConflictFailures() {}

    /**
     * Builds the second thread's exception, and reports the conflict. If this thread has no memory or stack left, the
     * next thread that fails reports it instead.
     */
    static ConcurrentWriteException ofSecond(Conflict conflict) {
        try {
            ConcurrentWriteException mine;
            try {
                conflict.response().conflictFound();
                mine = buildSecond(conflict);
            } catch (Throwable t) {
                conflict.postponeReport();
                if (conflict.hasFailedAThread()) { // it looked too early
                    release(conflict);
                }
                throw t;
            }
            report(conflict, mine);
            return mine;
        } finally {
            ConcurrentWrites.reportEnds(); // also if it was postponed: perhaps no other thread ever fails
        }
    }

    private static ConcurrentWriteException buildSecond(Conflict conflict) {
        try {
            return conflict.secondFails();
        } catch (OutOfMemoryError e) { // there may be memory for two names, if not for two stacks
            ConcurrentWriteException mine = conflict.secondFailsWithoutStacks();
            mine.addSuppressed(e);
            return mine;
        }
    }

    /**
     * Builds the exception of the first thread, which was inside a write when the second one came.
     *
     * @param thrown the exception of its own write, or null; added as suppressed
     */
    static ConcurrentWriteException ofFirst(Conflict conflict, Operation operation, Thread thread, Throwable thrown) {
        try {
            conflict.response().conflictFound();
            return reportedIfPending(conflict, conflict.firstFails(thread, operation, thrown));
        } catch (Throwable t) { // no memory or stack left here either
            if (conflict.isReportPending()) {
                release(conflict);
            }
            throw t;
        }
    }

    /** Builds the exception of a later call. A first thread that was not inside a write fails once as the first. */
    static ConcurrentWriteException ofLater(Conflict conflict, Operation operation, Thread thread) {
        conflict.response().conflictFound();
        boolean holder = conflict.isInterleaved() && operation.continuesMessage(); // any user of the writer
        boolean first = !conflict.isOverlap() && !conflict.isSecond(thread) && (conflict.isFirst(thread) || holder);
        if (first && conflict.claimFirst()) {
            return reportedIfPending(conflict, conflict.firstFails(thread, operation, null));
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

    /** Releases everything that waits for the report. */
    private static void release(Conflict conflict) {
        try {
            conflict.everybodyTold();
        } finally {
            conflict.response().everybodyTold();
        }
    }
}
