package io.twintrace.websocket.internal.stream;

import java.io.IOException;

/** What a container's thread does about a full inbox before it leaves input unread. By default nothing. */
interface Pause {
    /** For a thread that serves other connections too, and never waits for one. */
    Pause NONE = new Pause() {};

    /** Waits for room; false when there is still none. For the container's thread. */
    default boolean awaitRoom(Inbox inbox) throws IOException {
        return false;
    }

    /** The container's thread has found room. */
    default void roomFound() {}

    /** The application has taken something. Any thread. */
    default void roomMade() {}

    /** A writer waits for the container. Any thread. */
    default void writerWaits() {}

    /** The writer waits no longer. Any thread. */
    default void writerGoesOn() {}

    /** Lets the container's thread go, for good. Any thread. */
    default void close() {}
}
