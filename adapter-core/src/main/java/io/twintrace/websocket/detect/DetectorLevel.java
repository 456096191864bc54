package io.twintrace.websocket.detect;

/** The conflicts that the detector finds, and the cost. No level turns the detector off. */
public enum DetectorLevel {
    /** Finds two calls that overlap in time. Costs a few nanoseconds a call and allocates nothing. */
    CALLS,

    /**
     * Also finds a message that another thread would cut in half, although no calls overlap. This is the default, and
     * costs as much as {@link #CALLS}.
     */
    MESSAGES,

    /**
     * Also keeps the stack trace of each call and of each opening of a message, so that a report shows where an open
     * message was opened. Allocates at every call, and takes about 4 to 10 microseconds each. Use this for tests and to
     * find a bug.
     */
    TRACED
}
