package io.twintrace.websocket.redis;

import io.twintrace.websocket.redis.RoomOutput.Published;
import io.twintrace.websocket.room.Backplane;
import io.twintrace.websocket.room.BackplaneStatistics;
import io.twintrace.websocket.room.Presence;
import io.twintrace.websocket.room.RoomMessage;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Joins the rooms of several nodes by Redis Streams. Every node reads a room's messages from its stream, those that it
 * has published itself included, so all nodes deliver the same messages in the same order, each once. A connection that
 * breaks loses and repeats nothing. Two threads serve all rooms of a node.
 *
 * <pre>{@code
 * Backplane backplane = RedisBackplane.connect("rediss://app:secret@redis.example:6379");
 * }</pre>
 *
 * Safe for use by any thread.
 */
public final class RedisBackplane implements Backplane {
    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket.redis");

    private static final long CLOSE_TIMEOUT_MILLIS = 2000;

    private final RedisOptions options;
    private final Keys keys;
    private final String node;
    private final Counters counters = new Counters();
    private final Outgoing outgoing;
    private final ConcurrentMap<String, Room> rooms = new ConcurrentHashMap<>();

    /** So that a room that is opened again does not continue the numbers of the last time. */
    private final AtomicLong epochs = new AtomicLong(System.currentTimeMillis());

    private final AtomicBoolean closing = new AtomicBoolean();
    private final Reader reader;
    private final Thread readerThread;
    private final Thread publisherThread;

    private RedisBackplane(RedisAddress address, RedisOptions options) {
        this.options = options;
        keys = new Keys(options.prefix());
        node = options.node().isEmpty() ? Keys.randomName() : options.node();
        outgoing = new Outgoing(options, counters);
        Collection<Room> all = rooms.values();
        reader = new Reader(address, options, node, outgoing, all, counters);
        readerThread = start("websocket-redis-reader", reader);
        try {
            publisherThread =
                    start("websocket-redis-publisher", new Publisher(keys, options, node, outgoing, all, counters));
        } catch (RuntimeException | Error e) {
            reader.close();
            throw e;
        }
    }

    /**
     * Connects in the background, with the default options.
     *
     * @param redis as for {@link #connect(URI)}
     * @return a backplane, whose rooms learn whether Redis can be reached
     * @throws IllegalArgumentException if this is no address of Redis; unlike that of {@link URI#create}, its text has
     *     nothing of the password
     */
    public static RedisBackplane connect(String redis) {
        return connect(redis, RedisOptions.defaults());
    }

    /**
     * Connects in the background.
     *
     * @param redis as for {@link #connect(URI)}
     * @param options what to change
     * @return a backplane, whose rooms learn whether Redis can be reached
     * @throws IllegalArgumentException if this is no address of Redis; its text has nothing of the password
     */
    public static RedisBackplane connect(String redis, RedisOptions options) {
        return new RedisBackplane(RedisAddress.parse(redis), options);
    }

    /**
     * Connects in the background, with the default options.
     *
     * @param redis such as {@code redis://localhost:6379}, or {@code rediss://user:password@host:6379/0} for TLS, which
     *     trusts what this JVM trusts; special characters of the password are percent-encoded
     * @return a backplane, whose rooms learn whether Redis can be reached
     * @throws IllegalArgumentException if the URI is no address of Redis
     */
    public static RedisBackplane connect(URI redis) {
        return connect(redis, RedisOptions.defaults());
    }

    /**
     * Connects in the background.
     *
     * @param redis as for {@link #connect(URI)}
     * @param options what to change
     * @return a backplane, whose rooms learn whether Redis can be reached
     * @throws IllegalArgumentException if the URI is no address of Redis
     */
    public static RedisBackplane connect(URI redis, RedisOptions options) {
        return new RedisBackplane(new RedisAddress(redis), options);
    }

    /** The thread keeps nothing of the caller's: neither its class loader nor its thread locals. */
    private static Thread start(String name, Runnable task) {
        Thread thread = new Thread(null, task, name, 0, false);
        thread.setContextClassLoader(RedisBackplane.class.getClassLoader());
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public String node() {
        return node;
    }

    @Override
    public Channel open(String room, int history, Receiver receiver) {
        Objects.requireNonNull(receiver, "receiver");
        if (history < 0) {
            throw new IllegalArgumentException("history is " + history + ", but must not be negative");
        }
        if (!Command.text(Command.bytes(room)).equals(room)) {
            throw new IllegalArgumentException("the room's name is no Unicode: it has half of a surrogate pair");
        }
        String epoch = Long.toString(epochs.incrementAndGet());
        Room opened = new Room(
                room,
                history,
                new RoomOutput(keys.room(room), node + ":" + epoch),
                new OwnMembers(keys, options, node, room, epoch),
                receiver,
                outgoing,
                counters);
        if (rooms.putIfAbsent(room, opened) != null) {
            throw new IllegalStateException("room \"" + room + "\" is open already");
        }
        if (closing.get()) {
            rooms.remove(room, opened);
            throw new IllegalStateException("the backplane is closed");
        }
        outgoing.wakeReader();
        opened.tellLinkUnlessBusy();
        return new RoomChannel(opened);
    }

    @Override
    public BackplaneStatistics statistics() {
        return new BackplaneStatistics(
                outgoing.away().isEmpty(),
                outgoing.waiting(),
                outgoing.waitingBytes(),
                counters.published.sum(),
                counters.rejected.sum(),
                counters.delivered.sum(),
                counters.unshared.sum(),
                counters.lost.sum(),
                counters.repeated.sum(),
                counters.malformed.sum(),
                counters.reconnects.sum());
    }

    /**
     * Leaves all rooms, withdraws this node's members, and gives what waits 2 s to be written. Then ends both threads,
     * and waits 2 s at most for each; a call to a receiver that takes longer goes on. An interrupt ends the waiting.
     * Without a connection to Redis, what waits is lost; a line in the log says how much.
     */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        rooms.values().forEach(this::leave);
        long lost = outgoing.close(CLOSE_TIMEOUT_MILLIS);
        if (lost > 0) {
            LOGGER.log(Level.WARNING, () -> "closed before Redis confirmed " + lost + " messages, which are lost");
        }
        reader.close();
        join(publisherThread);
        join(readerThread);
    }

    private static void join(Thread thread) {
        if (thread != Thread.currentThread()) {
            try {
                thread.join(CLOSE_TIMEOUT_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void leave(Room room) {
        if (rooms.remove(room.name, room)) {
            room.close();
            outgoing.close(room.output);
            if (room.members.leave()) {
                outgoing.membersChanged(room.members);
            } else {
                outgoing.forget(room.members);
            }
        }
    }

    private final class RoomChannel implements Channel {
        private final Room room;

        RoomChannel(Room room) {
            this.room = room;
        }

        @Override
        public boolean publish(RoomMessage message) {
            Optional<Published> published = outgoing.publish(room.output, message);
            if (published.isPresent() && published.get().local) {
                room.deliverLocally();
            }
            return published.isPresent();
        }

        @Override
        public void announce(Presence presence) {
            if (room.members.announce(presence)) {
                outgoing.membersChanged(room.members);
            }
        }

        @Override
        public void withdraw(String member) {
            if (room.members.withdraw(member)) {
                outgoing.membersChanged(room.members);
            }
        }

        @Override
        public void close() {
            leave(room);
        }
    }
}
