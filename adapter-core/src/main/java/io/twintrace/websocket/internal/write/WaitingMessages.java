package io.twintrace.websocket.internal.write;

import java.io.IOException;

/** Messages that wait until the peer has taken all bytes that are pending. Any thread may call these methods. */
public interface WaitingMessages {
    /**
     * Goes on writing, without waiting. Called without the frame lock.
     *
     * @param inWrite whether the calling thread is inside a write, so that it must not begin another
     */
    void goOn(boolean inWrite);

    /** Notes that nothing more will be written. */
    void end(IOException why);
}
