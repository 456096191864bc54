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

    private static final Backplane.Channel NOT_OPEN = new NoChannel();

    private final String name;
    private final String node;
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
    private final Member.Place place = new RoomPlace();
    private volatile Backplane.Channel channel = NOT_OPEN;
    private volatile boolean closed;

    /** Guarded by this object. */
    private boolean opening;

    private final AtomicBoolean toldOtherOptions = new AtomicBoolean();

    Room(String name, RoomOptions options, String node, RoomCounters counters, Consumer<Room> onClose) {
        this.name = name;
        this.options = options;
        this.node = node;
        this.counters = counters;
        this.onClose = onClose;
        this.deliveries = new Deliveries(name, options, counters);
        this.delivery = new Delivery(name, options, deliveries);
    }

    /** Joins the room of this name on other nodes, unless that is done. */
    void open(Backplane backplane) {
        if (channel == NOT_OPEN) {
            openOnce(backplane);
        }
    }

    private synchronized void openOnce(Backplane backplane) {
        if (channel == NOT_OPEN && !closed && !opening) {
            opening = true; // for a listener that asks for the room inside this call
            try {
                openNow(backplane);
            } finally {
                opening = false;
            }
        }
    }

    private void openNow(Backplane backplane) {
        channel = backplane.open(
                name, options.history(), new RoomReceiver(options.listener(), delivery, deliveries, elsewhere));
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
        if (closed) {
            throw new IllegalStateException("room \"" + name + "\" is closed");
        }
        boolean unused = connection.outbox().claim(); // false if the connection is ending, which the member learns
        Member member = new Member(place, connection, prefix + "-" + joined.incrementAndGet(), how.value());
        channel.announce(member.presence());
        members.put(member.id(), member);
        delivery.add(() -> deliveries.join(member, how));
        member.leaveWithConnection(); // perhaps at once
        delivery.runNow();
        if (closed) { // meanwhile
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
        return publish(message, Optional.empty(), Optional.empty(), true, Optional.empty());
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
        return publish(message, Optional.empty(), Optional.empty(), true, Optional.of(key));
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
        return publish(message, Optional.empty(), Optional.of(member), true, Optional.empty());
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
        if (!admit()) {
            return false;
        }
        delivery.add(new RoomMessage(Optional.empty(), except, Optional.empty(), false, Optional.empty(), message));
        delivery.run();
        return true;
    }

    private boolean publish(
            PreparedMessage content,
            Optional<String> sender,
            Optional<String> receiver,
            boolean toSender,
            Optional<String> key) {
        StackProbe.probe(); // an overflow inside the backplane would leave its locks taken
        if (!admit()) {
            return false;
        }
        boolean published =
                channel.publish(new RoomMessage(Optional.empty(), sender, receiver, toSender, key, content));
        if (!published) {
            counters.rejected();
        }
        return published;
    }

    private boolean admit() {
        boolean admitted = delivery.admit();
        if (!admitted) {
            counters.rejected();
        }
        return admitted;
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
        synchronized (this) {
            closed = true;
        }
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

    /** The room as its members use it. */
    private final class RoomPlace implements Member.Place {
        @Override
        public boolean publish(Member sender, PreparedMessage message, boolean toSender, Optional<String> key) {
            return Room.this.publish(message, Optional.of(sender.id()), Optional.empty(), toSender, key);
        }

        @Override
        public boolean send(Member member, PreparedMessage message) {
            if (!admit()) {
                return false;
            }
            delivery.addCounted(message.length(), () -> deliveries.send(member, message));
            delivery.run();
            return true;
        }

        @Override
        public void changed(Member member) {
            channel.announce(member.presence());
            if (member.hasLeft()) {
                channel.withdraw(member.id()); // it was withdrawn before it was announced
            }
            delivery.add(() -> deliveries.changed(member));
            delivery.runBriefly();
        }

        @Override
        public void leave(Member member) {
            members.remove(member.id());
            channel.withdraw(member.id());
            delivery.add(() -> deliveries.leave(member));
            delivery.runBriefly(); // this thread may be the container's
        }

        @Override
        public String node() {
            return node;
        }
    }

    /** For the moment between the creation of a room and its opening, and if that has failed. */
    private static final class NoChannel implements Backplane.Channel {
        @Override
        public boolean publish(RoomMessage message) {
            return false;
        }

        @Override
        public void announce(Presence presence) {
            throw new IllegalStateException("the room is not open");
        }

        @Override
        public void withdraw(String member) {
            // It was not announced.
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }
}
