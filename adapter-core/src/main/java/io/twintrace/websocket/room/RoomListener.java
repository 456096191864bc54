package io.twintrace.websocket.room;

import java.util.Optional;

/**
 * Learns what happens in a room on all nodes: {@link RoomOptions#withListener}. The calls come one at a time, in the
 * order of the room's messages, from the thread that delivers these. So they must return soon. They may use the room.
 */
public interface RoomListener {
    /**
     * A member has joined, or has changed its value.
     *
     * @param room the room
     * @param member on any node
     */
    default void present(Room room, Presence member) {}

    /**
     * A member has left, or its node has died.
     *
     * @param room the room
     * @param member as it was last
     */
    default void absent(Room room, Presence member) {}

    /**
     * The other nodes cannot be reached for now. The options of the backplane say what happens to messages meanwhile.
     *
     * @param room the room
     * @param why the reason, if it is known
     */
    default void disconnected(Room room, Optional<Throwable> why) {}

    /**
     * The other nodes can be reached again.
     *
     * @param room the room
     */
    default void connected(Room room) {}

    /**
     * Messages of other nodes were lost on the way to this one.
     *
     * @param room the room
     * @param messages how many, at least
     */
    default void lost(Room room, long messages) {}
}
