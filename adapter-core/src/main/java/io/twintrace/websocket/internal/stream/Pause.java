package io.twintrace.websocket.internal.stream;

import java.io.IOException;

/** Decides what a container's thread does about a full inbox before it leaves input unread. Does nothing by default. */
interface Pause {
    /** Never waits. For a thread that serves other connections too. */
    Pause NONE = new Pause() {};

    /** Waits for room. Returns false if there is still none. Only the container's thread calls this. */
    default boolean awaitRoom(Inbox inbox) throws IOException {
        return false;
    }

    /** Called when the container's thread has found room. */
    default void roomFound() {}

    /** Called by any thread when the application has taken input. */
    default void roomMade() {}

    /** Called by any thread when a writer begins to wait for the container. */
    default void writerWaits() {}

    /** Called by any thread when the writer waits no longer. */
    default void writerGoesOn() {}

    /** Releases the container's thread for good. Any thread may call this. */
    default void close() {}
}
