package io.twintrace.websocket.redis;

import io.twintrace.websocket.redis.Outgoing.Batch;
import io.twintrace.websocket.redis.RoomOutput.Published;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;

/** Writes to Redis, on a thread of its own: messages, this node's members, and its heartbeat. */
final class Publisher implements Runnable {
    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket.redis");

    private final Keys keys;
    private final RedisOptions options;
    private final String node;
    private final Outgoing outgoing;
    private final Collection<Room> rooms;
    private final Counters counters;
    private long nextHeartbeat;
    private long nextExpiry;

    Publisher(
            Keys keys,
            RedisOptions options,
            String node,
            Outgoing outgoing,
            Collection<Room> rooms,
            Counters counters) {
        this.keys = keys;
        this.options = options;
        this.node = node;
        this.outgoing = outgoing;
        this.rooms = rooms;
        this.counters = counters;
    }

    @Override
    public void run() {
        RetryLoop.run("the publisher", this::writeOneSession);
    }

    /** {@return whether there may be another session} */
    private boolean writeOneSession() throws InterruptedException {
        Session session = outgoing.awaitSession();
        if (session == null) {
            return false;
        }
        try {
            write(session);
        } catch (RuntimeException | Error e) {
            session.fail(e);
        }
        return true;
    }

    private void write(Session session) throws InterruptedException {
        rooms.forEach(room -> repeat(room.members));
        nextHeartbeat = System.nanoTime();
        nextExpiry = nextHeartbeat;
        for (Batch batch = outgoing.take(session, nextHeartbeat);
                batch != null;
                batch = outgoing.take(session, nextHeartbeat)) {
            write(session, batch);
            outgoing.acknowledged(batch);
            if (System.nanoTime() - nextHeartbeat >= 0) {
                heartbeat(session);
            }
        }
    }

    private void repeat(OwnMembers members) {
        members.repeat();
        outgoing.membersChanged(members);
    }

    private void write(Session session, Batch batch) {
        List<Command> messages = new ArrayList<>();
        batch.messages().forEach(each -> messages.add(StreamEntry.append(options.streamLength(), each)));
        for (Published each : batch.messages()) {
            if (each.output.expires != session) {
                each.output.expires = session;
                messages.add(expire(each.output.stream));
            }
        }
        List<Object> replies = execute(session, batch, messages);
        for (int i = 0; i < batch.messages().size(); i++) {
            if (replies.get(i) instanceof JedisDataException refusal) {
                refused(batch.messages().get(i), refusal);
            }
        }
    }

    /** {@return the replies for the messages} */
    private List<Object> execute(Session session, Batch batch, List<Command> messages) {
        while (true) {
            List<Command> commands = new ArrayList<>();
            batch.members().forEach(members -> commands.addAll(members.takeChanges()));
            if (batch.wake()) {
                commands.addAll(Session.wake(keys.wake(node), options));
            }
            int first = commands.size();
            commands.addAll(messages);
            if (commands.isEmpty()) {
                return List.of();
            }
            Optional<List<Object>> executed = session.write(batch.number(), commands);
            if (executed.isPresent()) {
                return executed.get().subList(first, commands.size());
            }
            session.noteEmptied(); // the wake key may be among the commands
            // Changes alone would make hashes anew that lack the other members. Nor do new keys expire yet.
            batch.members().forEach(OwnMembers::repeat);
            nextExpiry = System.nanoTime();
        }
    }

    private void refused(Published message, JedisDataException why) {
        counters.unshared.increment();
        outgoing.refused(message);
        RoomOutput output = message.output;
        if (!output.toldRefused) {
            output.toldRefused = true;
            LOGGER.log(Level.WARNING, () -> "Redis refuses messages for " + output.stream + ", which are lost", why);
        }
    }

    private Command expire(String stream) {
        return Command.of(Protocol.Command.PEXPIRE, stream, options.keepFor().toMillis());
    }

    private void heartbeat(Session session) {
        RedisConnection connection = session.output();
        long now = System.nanoTime();
        nextHeartbeat = now + options.heartbeat().toNanos();
        List<Room> all = List.copyOf(rooms);
        List<Command> commands = new ArrayList<>();
        commands.add(Command.of(
                Protocol.Command.PEXPIRE, keys.wake(node), options.deadAfter().toMillis()));
        if (now - nextExpiry >= 0) {
            nextExpiry = now + options.keepFor().dividedBy(10).toNanos();
            all.forEach(room -> commands.add(expire(room.output.stream)));
            session.keepLastBatch();
        }
        List<Room> checked = new ArrayList<>();
        List<Integer> ends = new ArrayList<>();
        for (Room room : all) {
            List<Command> alive = room.members.heartbeat();
            if (!alive.isEmpty()) {
                commands.addAll(alive);
                checked.add(room);
                ends.add(commands.size() - 1);
            }
        }
        List<Object> replies = connection.callEach(commands);
        if (replies.get(0).equals(0L)) {
            session.noteEmptied();
            connection.callAll(Session.wake(keys.wake(node), options));
        }
        for (int i = 0; i < checked.size(); i++) {
            OwnMembers members = checked.get(i).members;
            members.check(replies.get(ends.get(i) - 1), replies.get(ends.get(i)));
            if (members.changed()) {
                outgoing.membersChanged(members);
            }
        }
    }
}
