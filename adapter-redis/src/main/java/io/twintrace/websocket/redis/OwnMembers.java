package io.twintrace.websocket.redis;

import io.twintrace.websocket.room.Presence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import redis.clients.jedis.Protocol;

/**
 * This node's members of a room. What the other nodes do not know yet is kept as the newest state, not as a list of
 * events, so it never holds more than the members. Safe for use by any thread.
 */
final class OwnMembers {
    /** In the stream of announcements, and in the hash beside the members, whose names begin with m. */
    static final String VERSION = "v";

    static final String MEMBER = "m:";

    /** With so many more changes than members, all members are announced instead. */
    private static final int MAX_EXTRA_CHANGES = 1000;

    private final Keys keys;
    private final RedisOptions options;
    private final String node;
    private final String room;
    private final String epoch;
    private final String hash;

    /** Held for moments only. Guards all fields below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<String, String> members = new LinkedHashMap<>();

    /** By member; empty for one that has left. */
    private final Map<String, Optional<String>> changes = new LinkedHashMap<>();

    private long version;

    /**
     * Whether all members are announced next. So at first, because a process of the same name that was killed may have
     * left its members in the hash.
     */
    private boolean all = true;

    private boolean left;

    /** How many members the hash has after the commands that were taken last. */
    private int told;

    OwnMembers(Keys keys, RedisOptions options, String node, String room, String epoch) {
        this.keys = keys;
        this.options = options;
        this.node = node;
        this.room = room;
        this.epoch = epoch;
        hash = keys.members(node, room);
    }

    /** Returns whether that is news. */
    boolean announce(Presence presence) {
        lock.lock();
        try {
            if (left || presence.value().equals(members.put(presence.member(), presence.value()))) {
                return false;
            }
            note(presence.member(), Optional.of(presence.value()));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether that is news. */
    boolean withdraw(String member) {
        lock.lock();
        try {
            if (members.remove(member) == null) {
                return false;
            }
            note(member, Optional.empty());
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Members that come and go while Redis is away must not add up. */
    private void note(String member, Optional<String> value) {
        if (!all) {
            changes.put(member, value);
            if (changes.size() > members.size() + MAX_EXTRA_CHANGES) {
                announceAll();
            }
        }
    }

    private void announceAll() {
        all = true;
        changes.clear();
    }

    /** Withdraws all, for good. Returns whether the other nodes may know any of it. */
    boolean leave() {
        lock.lock();
        try {
            left = true;
            members.clear();
            announceAll();
            return version > 0;
        } finally {
            lock.unlock();
        }
    }

    /** Redis may not know any of it: all is to be announced again. */
    void repeat() {
        lock.lock();
        try {
            announceAll();
        } finally {
            lock.unlock();
        }
    }

    /** {@return the commands that tell the other nodes what is new; repeat them all if they fail} */
    List<Command> takeChanges() {
        lock.lock();
        try {
            List<Command> commands = new ArrayList<>();
            if (!all) {
                changes.forEach((member, value) -> takeChange(commands, member, value));
            } else if (version > 0 || !members.isEmpty()) {
                takeAll(commands);
            }
            if (!commands.isEmpty()) {
                commands.addAll(members.isEmpty() ? none() : alive());
                all = false;
                changes.clear();
                told = members.size();
            }
            return commands;
        } finally {
            lock.unlock();
        }
    }

    private void takeAll(List<Command> commands) {
        version++;
        Command set = Command.of(Protocol.Command.HSET, hash, VERSION, version());
        members.forEach((member, value) -> set.add(MEMBER + member).add(value));
        commands.add(Command.of(Protocol.Command.DEL, hash));
        commands.add(set);
        commands.add(announcement(members.isEmpty() ? "none" : "all"));
    }

    private void takeChange(List<Command> commands, String member, Optional<String> value) {
        version++;
        Command set = Command.of(Protocol.Command.HSET, hash, VERSION, version());
        if (value.isPresent()) {
            set.add(MEMBER + member).add(value.get());
            commands.add(
                    announcement("join").add("member").add(member).add("value").add(value.get()));
        } else {
            commands.add(Command.of(Protocol.Command.HDEL, hash, MEMBER + member));
            commands.add(announcement("leave").add("member").add(member));
        }
        commands.add(set);
    }

    private Command announcement(String change) {
        return Command.of(Protocol.Command.XADD, keys.presence(), "MAXLEN", "~", options.streamLength(), "*")
                .add("node")
                .add(node)
                .add("room")
                .add(room)
                .add(VERSION)
                .add(version())
                .add("change")
                .add(change);
    }

    private String version() {
        return epoch + "-" + version;
    }

    private List<Command> none() {
        return List.of(
                Command.of(Protocol.Command.DEL, hash), Command.of(Protocol.Command.SREM, keys.nodes(room), node));
    }

    private List<Command> alive() {
        long expiry = options.deadAfter().toMillis();
        return List.of(
                Command.of(Protocol.Command.SADD, keys.nodes(room), node),
                Command.of(Protocol.Command.PEXPIRE, keys.nodes(room), expiry),
                Command.of(Protocol.Command.PEXPIRE, hash, expiry));
    }

    /** {@return the commands of a heartbeat, whose last two replies are for {@link #check}; empty without members} */
    List<Command> heartbeat() {
        lock.lock();
        try {
            if (members.isEmpty()) {
                return List.of();
            }
            List<Command> commands = new ArrayList<>(alive());
            commands.add(Command.of(Protocol.Command.HGET, hash, VERSION));
            commands.add(Command.of(Protocol.Command.HLEN, hash));
            return commands;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes the last replies of a heartbeat. If Redis has lost members, all are to be announced again. The version alone
     * does not show that: a change makes a lost hash anew, with the right version and only one member.
     */
    void check(Object knownVersion, Object size) {
        lock.lock();
        try {
            boolean isKnown = knownVersion != null && Command.text(knownVersion).equals(version());
            if (!isKnown || !Long.valueOf(told + 1).equals(size)) {
                announceAll();
            }
        } finally {
            lock.unlock();
        }
    }

    boolean changed() {
        lock.lock();
        try {
            return all || !changes.isEmpty();
        } finally {
            lock.unlock();
        }
    }
}
