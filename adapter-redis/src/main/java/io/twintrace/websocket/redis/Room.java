package io.twintrace.websocket.redis;

import io.twintrace.websocket.redis.RoomOutput.Published;
import io.twintrace.websocket.room.Backplane.Receiver;
import io.twintrace.websocket.room.MessageId;
import io.twintrace.websocket.room.RoomMessage;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A room that this node has open. Calls its receiver, from one thread at a time: from the reader, and from a thread that
 * publishes while Redis cannot be reached.
 */
final class Room {
    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket.redis");

    final String name;
    final int historyLength;
    final RoomOutput output;
    final OwnMembers members;

    /** For the reader. */
    final OtherMembers others = new OtherMembers();

    /** For the reader: where it is in the stream. */
    final Position position = new Position();

    /** For the reader: the session in which it has found its place. */
    Session readySince;

    /** For the reader: when to try again, while the room is left out. */
    long nextAttempt;

    /** Why the room cannot be used although Redis can; empty otherwise. Only the reader sets it. */
    private volatile Optional<Throwable> leftOut = Optional.empty();

    private final Receiver receiver;
    private final Outgoing outgoing;
    private final Counters counters;

    /** Held while the receiver is called. No thread of an application waits for it. Guards the fields below. */
    private final ReentrantLock calling = new ReentrantLock();

    private final Sequences sequences = new Sequences();

    /** The number of the last message that was delivered without Redis, until this or a later one comes back; else 0. */
    private long lastLocal;

    /** Whether its place is known with the next entry, because it has come back or never will. */
    private boolean lastLocalIsPlaced;

    private boolean toldAway;
    private boolean toldMalformed;

    private volatile boolean closed;

    Room(
            String name,
            int historyLength,
            RoomOutput output,
            OwnMembers members,
            Receiver receiver,
            Outgoing outgoing,
            Counters counters) {
        this.name = name;
        this.historyLength = historyLength;
        this.output = output;
        this.members = members;
        this.receiver = receiver;
        this.outgoing = outgoing;
        this.counters = counters;
    }

    void close() {
        closed = true;
    }

    /**
     * Takes the past. Only the newest messages of it are history.
     *
     * @param completeAfter no entry after this one is missing in the past
     */
    void begin(MessageId completeAfter, List<StreamEntry> past) {
        call(() -> {
            List<RoomMessage> history = new ArrayList<>();
            for (StreamEntry entry : past) {
                if (advance(entry) > 0) {
                    decode(entry).ifPresent(history::add);
                }
            }
            int extra = Math.max(0, history.size() - historyLength);
            receiver.history(
                    extra == 0 ? completeAfter : history.get(extra - 1).id().orElseThrow(),
                    List.copyOf(history.subList(extra, history.size())));
        });
    }

    /** The room's key cannot be used. Other rooms go on. */
    void leaveOut(RuntimeException why) {
        if (leftOut.isEmpty()) {
            LOGGER.log(
                    Level.WARNING,
                    () -> "room \"" + name + "\" is left out, and tried again at each heartbeat: " + why.getMessage(),
                    why);
        }
        leftOut = Optional.of(why);
        tellLink();
    }

    /** The room can be used. */
    void takeIn() {
        if (leftOut.isPresent()) {
            leftOut = Optional.empty();
            LOGGER.log(Level.INFO, () -> "room \"" + name + "\" can be used again");
            tellLink();
        }
    }

    boolean isLeftOut() {
        return leftOut.isPresent();
    }

    /** Takes the next entries of the stream. */
    void receive(List<StreamEntry> entries) {
        call(() -> entries.forEach(this::receive));
    }

    private void receive(StreamEntry entry) {
        position.passed(entry.id());
        boolean own = entry.writer().equals(output.writer);
        long step = advance(entry);
        if (own && step >= 0) {
            if (outgoing.returned(output, entry.sequence())) {
                noteLocal();
            }
            lastLocalIsPlaced |= entry.sequence() >= lastLocal;
        }
        if (lastLocalIsPlaced) {
            tellPlaced(entry);
        }
        if (step == 0) {
            counters.repeated.increment();
        } else if (step > 0) {
            if (step > 1 && !own) {
                lost(step - 1);
            }
            decode(entry).ifPresent(message -> {
                counters.delivered.increment();
                receiver.message(message);
            });
        }
    }

    /**
     * The whole stream was read since Redis had taken this node's messages up to a number. Those that have not come back
     * are not in it any more.
     */
    void neverReturns(long upTo) {
        outgoing.neverReturns(output, upTo);
        call(() -> lastLocalIsPlaced = upTo >= lastLocal);
    }

    private void tellPlaced(StreamEntry entry) {
        lastLocalIsPlaced = false;
        if (lastLocal > 0) {
            lastLocal = 0;
            receiver.placed(EntryId.parse(entry.id()).floor());
        }
    }

    /** Returns how far an entry goes on; negative if no backplane has written it. */
    private long advance(StreamEntry entry) {
        try {
            return sequences.advance(entry.writer(), entry.sequence(), entry.missing());
        } catch (IllegalArgumentException e) {
            malformed(entry, e);
            return -1;
        }
    }

    private Optional<RoomMessage> decode(StreamEntry entry) {
        try {
            return Optional.of(entry.message());
        } catch (IllegalArgumentException e) {
            malformed(entry, e);
            return Optional.empty();
        }
    }

    private void malformed(StreamEntry entry, IllegalArgumentException why) {
        counters.malformed.increment();
        if (!toldMalformed) {
            toldMalformed = true;
            LOGGER.log(
                    Level.WARNING,
                    () -> "entry " + entry.id() + " of the stream " + output.stream
                            + " is no message, and is left out; " + "only backplanes may write there",
                    why);
        }
    }

    /** Redis has dropped messages that this node has not read. */
    void trimmed(long messages) {
        call(() -> {
            sequences.forgive();
            lost(messages);
        });
    }

    private void lost(long messages) {
        counters.lost.add(messages);
        receiver.lost(messages);
    }

    /** Takes changes of other nodes' members. */
    void tell(List<OtherMembers.Change> changes) {
        if (!changes.isEmpty()) {
            call(() -> changes.forEach(change ->
                    change.presence().ifPresentOrElse(receiver::present, () -> receiver.absent(change.member()))));
        }
    }

    /** Tells the receiver if Redis can be reached, unless it knows. */
    void tellLink() {
        call(this::tellNewLink);
    }

    /**
     * As {@link #tellLink}, for a thread that must not wait: it holds the lock under which the application opens rooms,
     * and the receiver that is being called may want that lock. The reader, which is calling it then, tells each later
     * change, and each failed attempt to connect.
     */
    void tellLinkUnlessBusy() {
        if (calling.tryLock()) {
            try {
                tellLink();
            } finally {
                calling.unlock();
            }
        }
    }

    private void tellNewLink() {
        Optional<Throwable> away = outgoing.away().or(() -> leftOut);
        if (away.isPresent() != toldAway) {
            toldAway = away.isPresent();
            if (toldAway) {
                receiver.disconnected(away);
            } else {
                receiver.connected();
            }
        }
    }

    /** Delivers what need not wait for Redis. If another thread is calling the receiver, that thread does it. */
    void deliverLocally() {
        do {
            if (calling.isHeldByCurrentThread() || !calling.tryLock()) {
                return;
            }
            try {
                guarded(() -> {});
            } finally {
                calling.unlock();
            }
        } while (outgoing.hasLocal(output));
    }

    private void call(Runnable events) {
        calling.lock();
        try {
            guarded(events);
        } finally {
            calling.unlock();
        }
        if (outgoing.hasLocal(output)) {
            deliverLocally();
        }
    }

    /** What an application throws must not stop the reader of all rooms. */
    private void guarded(Runnable events) {
        try {
            noteLocal();
            if (!closed) {
                events.run();
                receiver.deliver();
            }
        } catch (Throwable e) {
            LOGGER.log(Level.ERROR, () -> "the receiver of room \"" + name + "\" has failed", e);
        }
    }

    private void noteLocal() {
        for (Optional<Published> next = outgoing.nextLocal(output);
                next.isPresent() && !closed;
                next = outgoing.nextLocal(output)) {
            lastLocal = next.get().sequence;
            lastLocalIsPlaced = false;
            sequences.advance(output.writer, lastLocal, 0);
            counters.delivered.increment();
            receiver.message(next.get().message);
        }
    }
}
