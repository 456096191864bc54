package io.twintrace.websocket.room;

import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.internal.io.StackProbe;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Connections that get each other's messages, from {@link Rooms#room(String)}. A message is encoded and compressed once,
 * and offered to the {@linkplain WebSocketConnection#outbox() outbox} of each member, whose limits and policy say what
 * happens to a slow one. Nobody waits for it. All members get the messages in the same order, on all nodes.
 *
 * <p>A connection that has joined is written to by its outbox alone: a direct write fails, and its report names the
 * place that joined. To send something to one member only, use {@link Member#send(String)} or the outbox.
 *
 * <p>Safe for use by any thread, also inside calls of listeners, where nothing waits.
 */
public final class Room implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket");

    private final String name;
    private final Delivery delivery;
    private final Deliveries deliveries;
    private final RoomCounters counters;
    private final Consumer<Room> onClose;

    /** Begins the ids of members, so that they differ from those of any other room and node. */
    private final String prefix = Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), 36);

    private final AtomicLong joined = new AtomicLong();

    /** The members on this node. */
    private final ConcurrentMap<String, Member> members = new ConcurrentHashMap<>();

    /** The members on other nodes. */
    private final ConcurrentMap<String, Presence> elsewhere = new ConcurrentHashMap<>();

    private final RoomOptions options;
    private final RoomChannel channel = new RoomChannel();
    private final RoomPlace place;
    private final AtomicBoolean toldOtherOptions = new AtomicBoolean();

    Room(String name, RoomOptions options, String node, RoomCounters counters, Consumer<Room> onClose) {
        this.name = name;
        this.options = options;
        this.counters = counters;
        this.onClose = onClose;
        this.deliveries = new Deliveries(name, options, counters);
        this.delivery = new Delivery(name, options, deliveries);
        this.place = new RoomPlace(node, channel, members, delivery, deliveries, counters);
    }

    /** Joins the room of this name on other nodes, unless that is done. */
    void open(Backplane backplane) {
        if (!channel.isOpen()) {
            channel.open(() -> backplane.open(
                    name, options.history(), new RoomReceiver(options.listener(), delivery, deliveries, elsewhere)));
        }
    }

    /** Warns, once, of options that come too late, because the room was opened without any. */
    void givenLater(RoomOptions later) {
        if (options.equals(RoomOptions.defaults()) && !later.equals(options) && !toldOtherOptions.getAndSet(true)) {
            LOGGER.log(
                    Level.WARNING,
                    "room \"" + name + "\" was opened with default options and keeps them; give its options before "
                            + "anything asks for the room without");
        }
    }

    /** {@return the name, the same on all nodes} */
    public String name() {
        return name;
    }

    // ---- Members --------------------------------------------------------------------------------------------------

    /**
     * Adds a connection, which gets all messages from now on.
     *
     * @param connection written to by its outbox alone from now on
     * @return the member; close it to leave
     * @throws io.twintrace.websocket.detect.ConcurrentWriteException if another thread is inside a direct write
     * @throws IllegalStateException after {@link #close()}
     */
    public Member join(WebSocketConnection connection) {
        return join(connection, JoinOptions.defaults());
    }

    /**
     * Adds a connection, which gets messages of the past, and then all messages from now on.
     *
     * @param connection written to by its outbox alone from now on
     * @param how what others see of the member, and what it gets first
     * @return the member; close it to leave
     * @throws io.twintrace.websocket.detect.ConcurrentWriteException if another thread is inside a direct write
     * @throws IllegalStateException after {@link #close()}
     */
    public Member join(WebSocketConnection connection, JoinOptions how) {
        StackProbe.probe();
        if (channel.isClosed()) {
            throw new IllegalStateException("room \"" + name + "\" is closed");
        }
        boolean unused = connection.outbox().claim(); // false if the connection is ending, which the member learns
        Member member = new Member(place, connection, prefix + "-" + joined.incrementAndGet(), how.value());
        place.join(member, how);
        if (channel.isClosed()) { // meanwhile
            member.close();
            throw new IllegalStateException("room \"" + name + "\" is closed");
        }
        return member;
    }

    /** {@return the members on all nodes, as far as this one knows, in no order} */
    public List<Presence> presence() {
        List<Presence> all = new ArrayList<>(elsewhere.values());
        members.values().forEach(member -> all.add(member.presence()));
        return all;
    }

    /** {@return the members on this node, in no order} */
    public List<Member> members() {
        return List.copyOf(members.values());
    }

    /** {@return the number of members on this node} */
    public int size() {
        return members.size();
    }

    // ---- Messages -------------------------------------------------------------------------------------------------

    /**
     * Sends a text to all members.
     *
     * @param text unpaired surrogates become question marks
     * @return as {@link #broadcast(PreparedMessage)}
     */
    public boolean broadcast(String text) {
        return broadcast(PreparedMessage.text(text));
    }

    /**
     * Sends a message to all members on all nodes. Does not wait for any of them. If the room is busy with very many
     * earlier messages ({@link RoomOptions#withMaxWaiting}), waits for that, unless the calling thread must not.
     *
     * @param message not copied
     * @return false if it will not be delivered: the room is closed, or has too much to do, or too many messages wait
     *     for a connection to the other nodes
     */
    public boolean broadcast(PreparedMessage message) {
        return publish(Optional.empty(), Optional.empty(), message);
    }

    /**
     * Sends a message that is soon out of date, such as a price, to all members. A slow member gets only the latest one
     * for each key: {@link io.twintrace.websocket.Outbox#offer(PreparedMessage, Object)}.
     *
     * @param message not copied
     * @param key says what the message is about
     * @return as {@link #broadcast(PreparedMessage)}
     */
    public boolean broadcastLatest(PreparedMessage message, String key) {
        return publish(Optional.empty(), Optional.of(key), message);
    }

    /**
     * Sends a text to one member, on whatever node.
     *
     * @param member the id of the member
     * @param text unpaired surrogates become question marks
     * @return as {@link #send(String, PreparedMessage)}
     */
    public boolean send(String member, String text) {
        return send(member, PreparedMessage.text(text));
    }

    /**
     * Sends a message to one member, on whatever node.
     *
     * @param member the id of the member
     * @param message not copied
     * @return as {@link #broadcast(PreparedMessage)}; true as well if there is no such member
     */
    public boolean send(String member, PreparedMessage message) {
        return publish(Optional.of(member), Optional.empty(), message);
    }

    /**
     * Sends a message to the members on this node only. It gets no id, and the room does not keep it.
     *
     * @param message not copied
     * @return false if the room has too much to do
     */
    public boolean broadcastHere(PreparedMessage message) {
        return broadcastHere(message, Optional.empty());
    }

    /**
     * Sends a message to the members on this node only, except one. It gets no id, and the room does not keep it.
     *
     * @param message not copied
     * @param except the id of a member, which does not get the message
     * @return false if the room has too much to do
     */
    public boolean broadcastHere(PreparedMessage message, String except) {
        return broadcastHere(message, Optional.of(except));
    }

    private boolean broadcastHere(PreparedMessage message, Optional<String> except) {
        return place.deliverHere(
                new RoomMessage(Optional.empty(), except, Optional.empty(), false, Optional.empty(), message));
    }

    private boolean publish(Optional<String> receiver, Optional<String> key, PreparedMessage content) {
        return place.publish(new RoomMessage(Optional.empty(), Optional.empty(), receiver, true, key, content));
    }

    // ---- The room -------------------------------------------------------------------------------------------------

    /** {@return what the room has done on this node so far} */
    public RoomStatistics statistics() {
        RoomCounters.Sums sums = counters.own();
        return new RoomStatistics(
                members.size(),
                sums.messages.sum(),
                sums.delivered.sum(),
                sums.refused.sum(),
                sums.lost.sum(),
                delivery.waiting());
    }

    /** {@return how many messages wait to be delivered} */
    int waiting() {
        return delivery.waiting();
    }

    /** Closes the room on this node. Its members leave; their connections stay open. */
    @Override
    public void close() {
        channel.beginClose();
        try {
            members.values().forEach(Member::close);
        } finally {
            channel.close();
            onClose.accept(this);
        }
    }

    @Override
    public String toString() {
        return "room \"" + name + "\"";
    }
}
