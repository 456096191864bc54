package io.twintrace.websocket.redis;

import io.twintrace.websocket.redis.RoomOutput.Published;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisException;

/** Connects to Redis, again and again, and reads the streams of all open rooms, on a thread of its own. */
final class Reader implements Runnable {
    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket.redis");

    private static final int MIN_BACKOFF_MILLIS = 100;
    private static final int MAX_BLOCK_MILLIS = 1000;

    private final RedisAddress address;
    private final RedisOptions options;
    private final Keys keys;
    private final String wakeKey;
    private final String writtenKey;
    private final Outgoing outgoing;
    private final Collection<Room> rooms;
    private final Counters counters;
    private final PresenceReader presence;
    private final ReadSize readSize = new ReadSize();
    private final int blockMillis;
    private final CountDownLatch closed = new CountDownLatch(1);
    private String wakePosition = "0-0";
    private int failures;
    private long awaySince = System.nanoTime();
    private volatile Session session;

    Reader(
            RedisAddress address,
            RedisOptions options,
            String node,
            Outgoing outgoing,
            Collection<Room> rooms,
            Counters counters) {
        this.address = address;
        this.options = options;
        this.outgoing = outgoing;
        this.rooms = rooms;
        this.counters = counters;
        keys = new Keys(options.prefix());
        wakeKey = keys.wake(node);
        writtenKey = keys.written(node, Keys.randomName());
        presence = new PresenceReader(keys, options, node);
        blockMillis = (int) Math.min(MAX_BLOCK_MILLIS, options.heartbeat().toMillis());
    }

    void close() {
        closed.countDown();
        Session current = session;
        if (current != null) {
            current.close();
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    @Override
    public void run() {
        RetryLoop.run("the reader", () -> {
            if (!isClosed()) {
                attempt();
            }
            return !isClosed();
        });
    }

    private void attempt() {
        long started = System.nanoTime();
        Throwable why = connectAndRead();
        if (isClosed()) {
            return;
        }
        long now = System.nanoTime();
        if (outgoing.away().isEmpty()) {
            awaySince = now;
        }
        failures = now - started > options.maxBackoff().toNanos() ? 0 : failures + 1;
        disconnected(address.describe(why));
        pause();
    }

    /** {@return why it ended} */
    private Throwable connectAndRead() {
        try (Session current = new Session(address, options, wakeKey, writtenKey, blockMillis)) {
            session = current;
            try {
                outgoing.executed(current.lastBatch());
                presence.start(current.input());
                ready(current);
                connected(current);
                while (!isClosed() && !current.failed()) {
                    read(current);
                }
            } catch (RuntimeException | Error e) {
                if (e instanceof OutOfMemoryError) {
                    readSize.tooLarge();
                }
                current.fail(e);
            }
            return current.failure() == null ? new IllegalStateException("closed") : current.failure();
        } catch (RuntimeException | Error e) {
            return e;
        } finally {
            session = null;
        }
    }

    private void connected(Session current) {
        boolean wasAway = outgoing.away().isPresent();
        outgoing.connected(current);
        if (wasAway) {
            counters.reconnects.increment();
            LOGGER.log(
                    Level.INFO,
                    () -> "Redis at " + address + " can be used again after "
                            + Duration.ofNanos(System.nanoTime() - awaySince).toMillis() + " ms; " + outgoing.waiting()
                            + " messages wait for it");
        }
        rooms.forEach(Room::tellLink);
    }

    private void disconnected(IOException why) {
        boolean first = outgoing.away().isEmpty();
        outgoing.disconnected(why, rooms.stream().map(room -> room.output).toList());
        if (first) {
            LOGGER.log(Level.WARNING, () -> why.getMessage().replaceFirst("\\.$", "") + ". " + meanwhile());
        }
        rooms.forEach(Room::tellLink);
        rooms.forEach(Room::deliverLocally);
    }

    private String meanwhile() {
        String bound = options.maxWaiting() + " messages and " + options.maxWaitingBytes() + " bytes at most";
        return options.whenAway() == WhenAway.HOLD
                ? "Messages wait until it is back: " + bound + ", then publishing fails."
                : "This node delivers its own messages at once. They wait for the other nodes: " + bound
                        + ", then the oldest are lost for them.";
    }

    /** Full jitter, so that the nodes do not come back all at once. */
    private void pause() {
        long most = Math.min(options.maxBackoff().toMillis(), (long) MIN_BACKOFF_MILLIS << Math.min(failures, 20));
        try {
            boolean ends = closed.await(ThreadLocalRandom.current().nextLong(most + 1), TimeUnit.MILLISECONDS);
            assert !ends || isClosed();
        } catch (InterruptedException e) {
            // Nobody interrupts this thread but to end it.
            closed.countDown();
        }
    }

    /** Finds the place in rooms that are new, or that were open before the connection broke. */
    private List<Room> ready(Session current) {
        List<Room> ready = new ArrayList<>();
        List<Room> started = new ArrayList<>();
        RoomStart start = new RoomStart(current.input(), outgoing);
        for (Room room : rooms) {
            if (room.readySince == current) {
                ready.add(room);
            } else if (!isPostponed(room) && start(start, room, current)) {
                started.add(room);
                ready.add(room);
            }
        }
        if (!started.isEmpty()) {
            presence.compare(started, current);
        }
        return ready;
    }

    private static boolean isPostponed(Room room) {
        return room.isLeftOut() && System.nanoTime() - room.nextAttempt < 0;
    }

    /** What is wrong with one room's key must not stop the other rooms. Returns whether the room can be read. */
    private boolean start(RoomStart start, Room room, Session current) {
        try {
            start.start(room, current);
            room.takeIn();
            return true;
        } catch (JedisException e) {
            throw e;
        } catch (RuntimeException e) {
            room.nextAttempt = System.nanoTime() + options.heartbeat().toNanos();
            room.leaveOut(e);
            return false;
        }
    }

    private long nextComparison = System.nanoTime();

    private void read(Session current) {
        List<Room> ready = ready(current);
        Map<Room, Long> unreturned = new HashMap<>();
        if (System.nanoTime() - nextComparison >= 0) {
            nextComparison = System.nanoTime() + options.heartbeat().toNanos();
            presence.compare(ready, current);
            ready.forEach(room -> noteUnreturned(room, unreturned));
        }
        Map<String, Room> byStream = new HashMap<>();
        int size = readSize.next(ready.size());
        Object reply = current.input().call(readCommand(size, ready, byStream));
        int largest = 0;
        int sum = 0;
        for (Object each : reply == null ? List.of() : RedisConnection.list(reply)) {
            List<Object> stream = RedisConnection.list(each);
            List<StreamEntry> entries = StreamEntry.all(stream.get(1));
            largest = Math.max(largest, entries.size());
            sum += entries.size();
            String name = Command.text(stream.get(0));
            take(name, entries, byStream, current);
            if (entries.size() >= size) {
                unreturned.remove(byStream.get(name)); // there may be more
            }
        }
        unreturned.forEach(Room::neverReturns);
        readSize.read(ready.size(), largest, sum);
    }

    private void noteUnreturned(Room room, Map<Room, Long> unreturned) {
        List<Published> messages = outgoing.unreturned(room.output);
        if (!messages.isEmpty()) {
            unreturned.put(room, messages.get(messages.size() - 1).sequence);
        }
    }

    private Command readCommand(int size, List<Room> ready, Map<String, Room> byStream) {
        Command command = Command.of(Protocol.Command.XREAD, "COUNT", size);
        command.add("BLOCK").add(blockMillis).add("STREAMS");
        command.add(wakeKey).add(keys.presence());
        for (Room room : ready) {
            byStream.put(room.output.stream, room);
            command.add(room.output.stream);
        }
        command.add(wakePosition).add(presence.position());
        ready.forEach(room -> command.add(room.position.last));
        return command;
    }

    private void take(String stream, List<StreamEntry> entries, Map<String, Room> byStream, Session current) {
        if (stream.equals(wakeKey)) {
            wakePosition = entries.get(entries.size() - 1).id();
        } else if (stream.equals(keys.presence())) {
            Map<String, Room> byName = new HashMap<>();
            byStream.values().forEach(room -> byName.put(room.name, room));
            presence.announced(entries, byName, current);
        } else {
            byStream.get(stream).receive(entries);
        }
    }
}
