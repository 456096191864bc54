package io.twintrace.websocket.room;

import java.util.Optional;

/**
 * Learns what happens in a room on all nodes: {@link RoomOptions#withListener}. The calls come one at a time, in the
 * order of the room's messages, from the thread that delivers these. So they must return soon. They may use the
 * room; nothing waits in them, as in a call of a listener.
 */
public interface RoomListener {
    /**
     * A member has joined, or has changed its value.
     *
     * @param member on any node
     */
    default void present(Presence member) {}

    /**
     * A member has left, or its node has died.
     *
     * @param member as it was last
     */
    default void absent(Presence member) {}

    /**
     * The other nodes cannot be reached for now. The options of the backplane say what happens to messages meanwhile.
     *
     * @param why the reason, if it is known
     */
    default void disconnected(Optional<Throwable> why) {}

    /** The other nodes can be reached again. */
    default void connected() {}

    /**
     * Messages of other nodes were lost on the way to this one.
     *
     * @param messages how many, at least
     */
    default void lost(long messages) {}
}
