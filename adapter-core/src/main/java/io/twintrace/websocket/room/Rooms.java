package io.twintrace.websocket.room;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The rooms of an application. Rooms of the same name on all nodes of the {@link Backplane} are one. Close it when the
 * application stops. Safe for use by any thread.
 */
public final class Rooms implements AutoCloseable {
    private final Backplane backplane;
    private final ConcurrentMap<String, Room> open = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private Rooms(Backplane backplane) {
        this.backplane = backplane;
    }

    /** {@return the rooms of an application that runs on one node} */
    public static Rooms inMemory() {
        return over(new InMemoryBackplane());
    }

    /**
     * Returns the rooms of an application that runs on the nodes of a backplane.
     *
     * @param backplane closed together with the rooms
     * @return new rooms
     */
    public static Rooms over(Backplane backplane) {
        return new Rooms(backplane);
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
     * @param options of a new room; a room that is open keeps its own
     * @return the room of this name
     * @throws IllegalStateException after {@link #close()}
     */
    public Room room(String name, RoomOptions options) {
        Room known = open.get(name);
        Room room = known != null
                ? known
                : open.computeIfAbsent(name, absent -> {
                    if (closed) {
                        throw new IllegalStateException("the rooms are closed");
                    }
                    return new Room(absent, options, backplane.node(), left -> open.remove(absent, left));
                });
        room.open(backplane);
        return room;
    }

    /** {@return the rooms that are open on this node} */
    public Collection<Room> open() {
        return List.copyOf(open.values());
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
            backplane.close();
        }
    }
}
