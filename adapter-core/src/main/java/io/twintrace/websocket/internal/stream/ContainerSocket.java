package io.twintrace.websocket.internal.stream;

import java.io.IOException;

/** What a transport needs of a container's socket beyond the Servlet API. Each container has its own implementation. */
interface ContainerSocket {
    /** Returns how the container's thread waits for room before it leaves input unread. Each connection has its own. */
    Pause pause();

    /**
     * Returns how much one call of the container may read. The rest waits until the application has taken that, so that
     * an endless sender does not keep the container's thread from other connections.
     */
    int maxTurnBytes();

    /**
     * Resumes reading a stream with unread input. The thread that has made room calls this.
     *
     * @param reading reads the available input and returns soon
     */
    void resumeReading(Runnable reading);

    /** Returns whether {@link #resumeReading} reads before it returns. */
    default boolean readsWithinResume() {
        return false;
    }

    /** Returns whether the container writes only the given part of an array, which the caller may then reuse. */
    boolean writesFromSharedArrays();

    /**
     * Makes the container send the 101 now. Some containers wait for the first bytes written, and so does the client.
     */
    void sendHandshake(StreamOutput output) throws IOException;

    /** Called when the container has reported a failed stream, within the container's call. */
    default void streamFailed() {}

    /**
     * Closes the connection, or makes another thread close it. Does not wait for the peer.
     *
     * @throws Exception if the container fails; the connection is then useless too
     */
    void close() throws Exception;
}
