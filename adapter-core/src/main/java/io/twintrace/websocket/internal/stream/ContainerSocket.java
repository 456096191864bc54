package io.twintrace.websocket.internal.stream;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.util.function.Consumer;

/** What a transport needs of a container's socket and the Servlet API leaves open. Each container answers differently. */
interface ContainerSocket {
    /** How the container's thread waits for room before it leaves input unread; a new one for each connection. */
    Pause pause();

    /**
     * The most that one call of the container reads. It then goes on at the earliest when the application has taken
     * that, so that a peer that sends without end does not keep the container's thread from other connections.
     */
    int maxTurnBytes();

    /**
     * Has the stream read on, of which input was left unread. Called by the thread that has made room.
     *
     * @param reading reads what there is, and returns soon
     */
    void resumeReading(Runnable reading);

    /** Whether {@link #resumeReading} reads before it returns. */
    default boolean readsWithinResume() {
        return false;
    }

    /** Whether an array that was written may be used again, and only its part that was named is written. */
    boolean writesFromSharedArrays();

    /**
     * Has the container send the 101, if it has not yet. Some wait for the first bytes written, and so does the client.
     */
    void sendHandshake(StreamOutput output) throws IOException;

    /** The container has told that a stream failed; called within its call. */
    default void streamFailed() {}

    /**
     * Closes the connection, or has another thread close it. Does not wait for the peer.
     *
     * @throws Exception if the container fails; the connection is of no use then either
     */
    void close() throws Exception;

    /**
     * Finds out which container a connection is from.
     *
     * @param log gets a message for the operator if a container that needs more than the Servlet API does not give it
     */
    static ContainerSocket of(WebConnection connection, ServletInputStream in, Consumer<String> log)
            throws IOException {
        if (TomcatSocket.isTomcat(in)) {
            return TomcatSocket.of(connection, in, log);
        }
        if (UndertowSocket.isUndertow(connection)) {
            return UndertowSocket.of(connection, log);
        }
        return new StandardSocket(connection, Pause.NONE);
    }
}
