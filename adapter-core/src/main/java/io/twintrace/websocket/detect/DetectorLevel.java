package io.twintrace.websocket.detect;

/** How much the detector watches, and what that costs. There is no level that turns it off. */
public enum DetectorLevel {
    /** Two calls that overlap in time. A few nanoseconds a call, nothing allocated. */
    CALLS,

    /**
     * Also a message that one thread has opened and another thread would cut in half, although no calls overlap. The
     * default; costs what {@link #CALLS} costs.
     */
    MESSAGES,

    /**
     * Also keeps the stack trace of each call's entry and of each opening of a message, so that a report says where the
     * open message was opened. Allocates at every call, and takes some 4 to 10 microseconds each: for
     * tests and for hunting.
     */
    TRACED
}
