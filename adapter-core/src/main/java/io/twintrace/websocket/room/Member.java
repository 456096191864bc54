package io.twintrace.websocket.room;

import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A connection that has joined a {@code Room} on this node. It leaves by {@link #close()}, and by itself when the
 * connection ends. Safe for use by any thread.
 */
public final class Member implements AutoCloseable {
    /** The place in the list of members; -1 while it is not there. Used by the thread that delivers. */
    int index = -1;

    /**
     * The last message that the client has seen on another node, if this one has not come as far; null otherwise. Used by
     * the thread that delivers.
     */
    private MessageId seenElsewhere;

    private final Place place;
    private final WebSocketConnection connection;
    private final String id;
    private final AtomicBoolean left = new AtomicBoolean();
    private final Runnable onClosed = this::close;
    private volatile String value;

    /** What a member needs of its room. */
    interface Place {
        /** Publishes a message of a member. */
        boolean publish(Member sender, PreparedMessage message, boolean toSender, Optional<String> key);

        /** Sends a message to a member alone, in its turn. */
        boolean send(Member member, PreparedMessage message);

        /** Notes the new value of a member. */
        void changed(Member member);

        /** Notes that a member has left. */
        void leave(Member member);

        /** Returns the name of this node. */
        String node();
    }

    Member(Place place, WebSocketConnection connection, String id, String value) {
        this.place = place;
        this.connection = connection;
        this.id = id;
        this.value = value;
    }

    /** {@return the name of this member on all nodes, which no other one ever has} */
    public String id() {
        return id;
    }

    /** {@return the connection, to which only its outbox writes from now on} */
    public WebSocketConnection connection() {
        return connection;
    }

    /** {@return what all members see of this one} */
    public String value() {
        return value;
    }

    /**
     * Changes what all members see of this one.
     *
     * @param newValue a name, JSON, or whatever the application wants
     */
    public void setValue(String newValue) {
        value = newValue;
        if (!hasLeft()) {
            place.changed(this);
        }
    }

    /**
     * Sends a text to all members, this one included.
     *
     * @param text unpaired surrogates become question marks
     * @return as {@code Room.broadcast}
     */
    public boolean broadcast(String text) {
        return broadcast(PreparedMessage.text(text));
    }

    /**
     * Sends a message to all members, this one included.
     *
     * @param message not copied
     * @return as {@code Room.broadcast}
     */
    public boolean broadcast(PreparedMessage message) {
        return !hasLeft() && place.publish(this, message, true, Optional.empty());
    }

    /**
     * Sends a message that is soon out of date, such as a position, to all members, this one included. A slow member gets
     * only the latest one for each key.
     *
     * @param message not copied
     * @param key says what the message is about, for all senders
     * @return as {@code Room.broadcast}
     */
    public boolean broadcastLatest(PreparedMessage message, String key) {
        return !hasLeft() && place.publish(this, message, true, Optional.of(key));
    }

    /**
     * Sends a text to all members but this one.
     *
     * @param text unpaired surrogates become question marks
     * @return as {@code Room.broadcast}
     */
    public boolean broadcastToOthers(String text) {
        return broadcastToOthers(PreparedMessage.text(text));
    }

    /**
     * Sends a message to all members but this one.
     *
     * @param message not copied
     * @return as {@code Room.broadcast}
     */
    public boolean broadcastToOthers(PreparedMessage message) {
        return !hasLeft() && place.publish(this, message, false, Optional.empty());
    }

    /**
     * Sends a text to this member alone, after what the room has for it already. Other nodes take no part.
     *
     * @param text unpaired surrogates become question marks
     * @return false if the room has too much to do
     */
    public boolean send(String text) {
        return send(PreparedMessage.text(text));
    }

    /**
     * Sends a message to this member alone, after what the room has for it already. Other nodes take no part.
     *
     * @param message not copied
     * @return false if the room has too much to do
     */
    public boolean send(PreparedMessage message) {
        return place.send(this, message);
    }

    /** {@return whether this member has left the room} */
    public boolean hasLeft() {
        return left.get();
    }

    /** Leaves the room. The connection stays open. */
    @Override
    public void close() {
        if (left.compareAndSet(false, true)) {
            connection.removeCloseListener(onClosed);
            place.leave(this);
        }
    }

    /** Leaves by itself from now on. */
    void leaveWithConnection() {
        connection.addCloseListener(onClosed);
    }

    /** Leaves out messages up to this one, which come to this node later than to the client. */
    void hasSeen(MessageId id) {
        seenElsewhere = id;
    }

    /** Returns whether a message is for this member, and is not one that the client has seen on another node. */
    boolean wants(RoomMessage message) {
        return message.isFor(id) && (seenElsewhere == null || isNew(message));
    }

    /** Returns whether this member gets all messages that are for all. */
    boolean wantsAll() {
        return !hasLeft() && seenElsewhere == null;
    }

    private boolean isNew(RoomMessage message) {
        if (message.id().isEmpty()) {
            return true;
        }
        if (message.id().get().compareTo(seenElsewhere) <= 0) {
            return false;
        }
        seenElsewhere = null; // ids only grow
        return true;
    }

    Presence presence() {
        return new Presence(id, place.node(), value);
    }

    @Override
    public String toString() {
        return "member " + id;
    }
}
