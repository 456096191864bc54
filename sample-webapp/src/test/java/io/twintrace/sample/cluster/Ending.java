package io.twintrace.sample.cluster;

/**
 * Why a connection has ended, or was not opened.
 *
 * @param what the code of the Close frame, the status of the response, or words
 * @param retryAfterSeconds what a refusal asks for; 0 if nothing
 */
record Ending(String what, int retryAfterSeconds) {
    /** The socket has ended without a Close frame. */
    static final Ending LOST = new Ending("1006", 0);

    /** Nobody listens there. */
    static final Ending NO_SERVER = new Ending("no server", 0);

    static final Ending NO_ANSWER = new Ending("no answer", 0);

    static Ending closed(int code) {
        return new Ending(Integer.toString(code), 0);
    }

    static Ending refused(int status, int retryAfterSeconds) {
        return new Ending("HTTP " + status, retryAfterSeconds);
    }
}
