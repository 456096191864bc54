package io.twintrace.websocket.guard;

import io.twintrace.websocket.detect.ConcurrentWriteReport.Consequence;

/** What happens when two threads write to one session of another engine. */
public enum GuardMode {
    /**
     * Logs both stacks, once for each session, and counts further overlaps. The calls do what they do without a guard.
     */
    REPORT(Consequence.ONLY_REPORTED),
    /**
     * Also throws {@link io.twintrace.websocket.detect.ConcurrentWriteException} to both threads, and for every later
     * write to the session. The session stays open.
     */
    FAIL(Consequence.CALLS_FAIL);

    private final Consequence consequence;

    GuardMode(Consequence consequence) {
        this.consequence = consequence;
    }

    Consequence consequence() {
        return consequence;
    }
}
