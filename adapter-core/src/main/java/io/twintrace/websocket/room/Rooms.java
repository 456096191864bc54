package io.twintrace.websocket.room;

import java.util.Collection;
import java.util.Objects;

/**
 * The rooms of an application. Rooms of the same name on all nodes of the {@link Backplane} are one. Close it when the
 * application stops. Safe for use by any thread.
 */
public final class Rooms implements AutoCloseable {
    private final Backplane backplane;
    private final OpenRooms open;
    private final RoomsMetrics metrics;
    private volatile boolean closed;

    private Rooms(Backplane backplane, String name) {
        this.backplane = backplane;
        open = new OpenRooms(backplane);
        metrics = RoomsMetrics.join(name, open);
    }

    /**
     * Returns rooms for an application that runs on one node. Keep them: those of another call are others, whatever the
     * names of the rooms.
     *
     * @return new rooms
     */
    public static Rooms inMemory() {
        return over(new InMemoryBackplane());
    }

    /**
     * Returns the rooms of an application that runs on one node.
     *
     * @param name as for {@link #over(Backplane, String)}
     * @return new rooms
     */
    public static Rooms inMemory(String name) {
        return over(new InMemoryBackplane(), name);
    }

    /**
     * Returns the rooms of an application that runs on the nodes of a backplane.
     *
     * @param backplane closed together with the rooms
     * @return new rooms
     */
    public static Rooms over(Backplane backplane) {
        return over(backplane, RoomsMetrics.DEFAULT_NAME);
    }

    /**
     * Returns the rooms of an application that runs on the nodes of a backplane, with a name in {@link RoomsMetrics}.
     *
     * @param backplane closed together with the rooms
     * @param name for JMX and metrics, where it tells these rooms from those of other applications; not from a user
     * @return new rooms
     */
    public static Rooms over(Backplane backplane, String name) {
        Objects.requireNonNull(backplane, "backplane");
        if (name.isBlank()) {
            throw new IllegalArgumentException("the name of rooms must not be blank");
        }
        return new Rooms(backplane, name);
    }

    /**
     * Returns a room. Opens it at the first call, with default options.
     *
     * @param name any name; a room stays open until it is closed, so do not take names from strangers without a limit
     * @return the room of this name
     */
    public Room room(String name) {
        return room(name, RoomOptions.defaults());
    }

    /**
     * Returns a room. Opens it at the first call.
     *
     * @param name any name
     * @param options of a new room; a room that is open keeps its own, and warns in the log if it was opened with the
     *     defaults and these are others
     * @return the room of this name
     * @throws IllegalStateException after {@link #close()}
     */
    public Room room(String name, RoomOptions options) {
        Room room = open.get(name, absent -> {
            if (closed) {
                throw new IllegalStateException("the rooms are closed");
            }
            return new Room(absent, options, backplane.node(), new RoomCounters(metrics.sums()), open::remove);
        });
        room.givenLater(options);
        room.open(backplane);
        return room;
    }

    /** {@return the rooms that are open on this node} */
    public Collection<Room> open() {
        return open.all();
    }

    /** {@return what joins the nodes} */
    public Backplane backplane() {
        return backplane;
    }

    /** Closes all rooms and the backplane. The connections of the members stay open. */
    @Override
    public void close() {
        closed = true;
        try {
            open().forEach(Room::close);
        } finally {
            try {
                backplane.close();
            } finally {
                metrics.leave(open);
            }
        }
    }

    @Override
    public String toString() {
        return "rooms \"" + metrics.name() + '"';
    }
}
