package io.twintrace.websocket.internal.write;

/** Receives the events of a connection's writing side. Any thread may call these methods, which must not wait. */
public interface WriteEvents {
    /** Notes that a deadline may be nearer now: the one for the peer to take pending bytes, or the one for closing. */
    void deadlineHasMoved();

    /**
     * Notes that both Close frames have passed, or that this side's has and nothing more will be read (RFC 6455 section
     * 7.1.1).
     */
    void closingHasEnded();

    /** Notes that nothing more will be written. */
    void outputHasBroken();

    /**
     * Notes that the peer has taken all bytes that were pending. Called without the frame lock.
     *
     * @param inWrite whether the calling thread is inside a write, so that it must not call the application
     */
    default void nothingIsPending(boolean inWrite) {}

    /** Notes that a message or a control frame was written. Called without the frame lock. */
    default void frameWritten() {}

    /** Notes that the connection is over. */
    default void connectionEnded() {}
}
