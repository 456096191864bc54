package io.twintrace.websocket.room;

import io.twintrace.websocket.PreparedMessage;
import java.util.Objects;
import java.util.Optional;

/**
 * A message of a room, as the {@link Backplane} carries it.
 *
 * @param id its place in the room; empty until it is published, and for a message that only this node delivers
 * @param sender the id of the member that sent it; empty if the server did
 * @param receiver the id of the only member to get it; empty for all
 * @param toSender whether the sender gets it as well
 * @param key a message that still waits for a slow member is replaced by a newer one with the same key; empty for none
 * @param content what the application sent
 */
public record RoomMessage(
        Optional<MessageId> id,
        Optional<String> sender,
        Optional<String> receiver,
        boolean toSender,
        Optional<String> key,
        PreparedMessage content) {
    /**
     * Checks the values.
     *
     * @param id not null
     * @param sender not null
     * @param receiver not null
     * @param key not null
     * @param content not null
     */
    public RoomMessage {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(sender, "sender");
        Objects.requireNonNull(receiver, "receiver");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(content, "content");
    }

    /**
     * Gives a message its place.
     *
     * @param place the place in the room
     * @return the message with this id
     */
    public RoomMessage at(MessageId place) {
        return new RoomMessage(Optional.of(place), sender, receiver, toSender, key, content);
    }

    /** {@return whether every member is to get this message} */
    public boolean isForAll() {
        return receiver.isEmpty() && (toSender || sender.isEmpty());
    }

    /**
     * Returns whether a member is to get this message.
     *
     * @param member the id of a member
     * @return whether it is addressed to this member
     */
    public boolean isFor(String member) {
        if (receiver.isPresent()) {
            return receiver.get().equals(member);
        }
        return toSender || sender.isEmpty() || !sender.get().equals(member);
    }
}
