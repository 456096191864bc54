package io.twintrace.websocket.room;

import java.util.Objects;

/**
 * A member of a room, as all nodes see it.
 *
 * @param member the id of the member, unique in the room
 * @param node the node that the member is connected to
 * @param value what the application says of the member, such as a name or JSON; empty if nothing
 */
public record Presence(String member, String node, String value) {
    /**
     * Checks the values.
     *
     * @param member not null
     * @param node not null
     * @param value not null
     */
    public Presence {
        Objects.requireNonNull(member, "member");
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(value, "value");
    }
}
