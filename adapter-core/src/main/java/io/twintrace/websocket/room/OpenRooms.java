package io.twintrace.websocket.room;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/** The open rooms of one {@link Backplane}. Each refers to this, so this stays in memory as long as one is in use. */
final class OpenRooms {
    private final Backplane backplane;
    private final ConcurrentMap<String, Room> byName = new ConcurrentHashMap<>();

    OpenRooms(Backplane backplane) {
        this.backplane = backplane;
    }

    Backplane backplane() {
        return backplane;
    }

    Collection<Room> all() {
        return List.copyOf(byName.values());
    }

    /** Returns the room of a name, which is created if there is none. */
    Room get(String name, Function<String, Room> create) {
        Room known = byName.get(name);
        return known != null ? known : byName.computeIfAbsent(name, create);
    }

    void remove(Room closed) {
        byName.remove(closed.name(), closed);
    }
}
