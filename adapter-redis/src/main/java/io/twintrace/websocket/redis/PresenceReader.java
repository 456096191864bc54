package io.twintrace.websocket.redis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import redis.clients.jedis.Protocol;

/**
 * Learns the members on other nodes: from announcements at once, and by a comparison with the hashes at each heartbeat,
 * which heals whatever was missed. For the reader.
 */
final class PresenceReader {
    private final Keys keys;
    private final RedisOptions options;
    private final String node;

    /** The id of the last announcement that was read. */
    private String position = "0-0";

    /** Until then a node without a hash is not dead: Redis was away or empty, and the node has yet to come back. */
    private long graceEnds;

    PresenceReader(Keys keys, RedisOptions options, String node) {
        this.keys = keys;
        this.options = options;
        this.node = node;
    }

    String position() {
        return position;
    }

    /** Begins with the next announcement. What was announced before is in the hashes. */
    void start(RedisConnection connection) {
        List<Object> last = RedisConnection.list(
                connection.call(Command.of(Protocol.Command.XREVRANGE, keys.presence(), "+", "-", "COUNT", 1)));
        position = last.isEmpty() ? "0-0" : new StreamEntry(last.get(0)).id();
        graceEnds = System.nanoTime() + options.deadAfter().toNanos();
    }

    void announced(List<StreamEntry> announcements, Map<String, Room> rooms, Session session) {
        Map<Room, List<OtherMembers.Change>> changes = new HashMap<>();
        Set<RoomNode> missed = new LinkedHashSet<>();
        for (StreamEntry each : announcements) {
            position = each.id();
            Room room = rooms.get(each.text("room"));
            String from = each.text("node");
            if (room != null && room.readySince != null && !from.equals(node)) {
                List<OtherMembers.Change> known = changes.computeIfAbsent(room, unused -> new ArrayList<>());
                if (room.others.apply(each, known)) {
                    missed.add(new RoomNode(room, from));
                }
            }
        }
        changes.forEach(Room::tell);
        readAll(missed, session);
    }

    /** Compares what this node knows with the hashes. */
    void compare(Collection<Room> rooms, Session session) {
        RedisConnection connection = session.input();
        List<RoomNode> nodes = nodes(List.copyOf(rooms), connection);
        List<Object> versions = connection.callEach(nodes.stream()
                .map(each -> Command.of(Protocol.Command.HGET, hash(each), OwnMembers.VERSION))
                .toList());
        List<RoomNode> changed = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            RoomNode each = nodes.get(i);
            Object version = versions.get(i);
            if (version == null || !each.room.others.isCurrent(each.node, Command.text(version))) {
                changed.add(each);
            }
        }
        readAll(changed, session);
    }

    /** If Redis was emptied, the other nodes have time to announce their members again. */
    private void noteIfEmptied(Session session) {
        Object wakes = session.input().call(Command.of(Protocol.Command.EXISTS, keys.wake(node)));
        // In this order: the publisher makes a lost key anew after it has noted the loss.
        long emptiedAt = wakes.equals(0L) ? System.nanoTime() : session.emptiedAt();
        long ends = emptiedAt + options.deadAfter().toNanos();
        if (ends - graceEnds > 0) {
            graceEnds = ends;
        }
    }

    /** {@return the nodes that have members in these rooms, by Redis or by what this node knows} */
    private List<RoomNode> nodes(List<Room> rooms, RedisConnection connection) {
        List<Object> replies = connection.callEach(rooms.stream()
                .map(room -> Command.of(Protocol.Command.SMEMBERS, keys.nodes(room.name)))
                .toList());
        List<RoomNode> nodes = new ArrayList<>();
        for (int i = 0; i < rooms.size(); i++) {
            Room room = rooms.get(i);
            Set<String> names = new TreeSet<>(room.others.names());
            orEmpty(replies.get(i)).forEach(name -> names.add(Command.text(name)));
            names.remove(node);
            names.forEach(name -> nodes.add(new RoomNode(room, name)));
        }
        return nodes;
    }

    private void readAll(Collection<RoomNode> nodes, Session session) {
        if (nodes.isEmpty()) {
            return;
        }
        RedisConnection connection = session.input();
        List<RoomNode> all = List.copyOf(nodes);
        List<Object> hashes = connection.callEach(all.stream()
                .map(each -> Command.of(Protocol.Command.HGETALL, hash(each)))
                .toList());
        noteIfEmptied(session); // after the hashes were read: they may have been lost just before
        List<Command> forget = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            RoomNode each = all.get(i);
            List<OtherMembers.Change> changes = OtherMembers.noChanges();
            Map<String, String> hash = hash(orEmpty(hashes.get(i)));
            String version = hash.remove(OwnMembers.VERSION);
            if (version != null) {
                each.room.others.replace(each.node, version, members(hash), changes);
            } else if (System.nanoTime() - graceEnds >= 0) {
                each.room.others.remove(each.node, changes);
                forget.add(Command.of(Protocol.Command.SREM, keys.nodes(each.room.name), each.node));
            }
            each.room.tell(changes);
        }
        connection.callEach(forget);
    }

    private static List<Object> orEmpty(Object reply) {
        return reply == null ? List.of() : RedisConnection.list(reply);
    }

    private String hash(RoomNode of) {
        return keys.members(of.node, of.room.name);
    }

    private static Map<String, String> hash(List<Object> reply) {
        Map<String, String> hash = new HashMap<>();
        for (int i = 0; i + 1 < reply.size(); i += 2) {
            hash.put(Command.text(reply.get(i)), Command.text(reply.get(i + 1)));
        }
        return hash;
    }

    private static Map<String, String> members(Map<String, String> hash) {
        Map<String, String> members = new HashMap<>();
        hash.forEach((field, value) -> {
            if (field.startsWith(OwnMembers.MEMBER)) {
                members.put(field.substring(OwnMembers.MEMBER.length()), value);
            }
        });
        return members;
    }

    private record RoomNode(Room room, String node) {}
}
