package io.twintrace.websocket.redis;

import io.twintrace.websocket.redis.RoomOutput.Published;
import io.twintrace.websocket.room.RoomMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The messages of all rooms that wait, within bounds: from their publication until they are written and this node has
 * delivered them. Guarded by the lock of {@link Outgoing}.
 */
final class OutgoingQueue {
    /** So many messages are written before their replies are awaited. */
    private static final int MAX_BATCH = 128;

    private static final int MAX_BATCH_BYTES = 1 << 20;

    private final RedisOptions options;
    private final Counters counters;

    /** The most messages of a room that are written and have not come back. With more, Redis might drop some before. */
    private final int window;

    /** In the order of their publication; those behind the first may be written already. */
    private final Deque<Published> unwritten = new ArrayDeque<>();

    /** The first unwritten message if it waits for others to come back, the last that had, and since when none has. */
    private Published stalled;

    private long stalledReturned;
    private long stalledSince;

    private int count;
    private long bytes;

    OutgoingQueue(RedisOptions options, Counters counters) {
        this.options = options;
        this.counters = counters;
        window = Math.max(1, options.streamLength() / 8);
    }

    int count() {
        return count;
    }

    long bytes() {
        return bytes;
    }

    /**
     * Adds a message.
     *
     * @param local whether this node delivers messages without Redis; then the oldest ones make room
     * @return the message; empty if there is no room
     */
    Optional<Published> add(RoomOutput output, RoomMessage message, boolean local) {
        if (!makeRoom(message.content().length(), local)) {
            return Optional.empty();
        }
        Published published = output.next(message, local);
        unwritten.add(published);
        count++;
        bytes += published.bytes;
        return Optional.of(published);
    }

    private boolean makeRoom(int more, boolean local) {
        while (isFull(more)) {
            Published oldest = unwritten.peek();
            if (!local || oldest == null || !oldest.delivered) {
                return false;
            }
            unwritten.poll();
            oldest.output.noteDropped(oldest);
            counters.unshared.increment();
            written(oldest);
        }
        return true;
    }

    private boolean isFull(int more) {
        return count >= options.maxWaiting() || (count > 0 && bytes + more > options.maxWaitingBytes());
    }

    /** {@return the next message that this node delivers without Redis} */
    Optional<Published> nextLocal(RoomOutput output) {
        if (!output.hasLocal()) {
            return Optional.empty();
        }
        Published next = output.undelivered.poll();
        delivered(next);
        return Optional.of(next);
    }

    /** A message has come back from Redis. Those before it that have not never will. */
    void returned(RoomOutput output, long sequence) {
        output.deliverLocally(sequence - 1);
        Optional<Published> own = output.take(sequence);
        if (own.isPresent()) {
            delivered(own.get());
            written(own.get()); // Redis has it, whether or not it has said so
        }
        output.noteReturned(sequence);
    }

    /** Redis has not taken a message, and never will: it must not take the place of others. */
    void refused(Published published) {
        if (published.output.undelivered.remove(published)) {
            delivered(published);
        }
        published.output.noteDropped(published);
        published.output.noteReturned(published.sequence);
    }

    /** {@return the messages that Redis has taken and that have not come back} */
    List<Published> unreturned(RoomOutput output) {
        return output.undelivered.stream().takeWhile(each -> each.written).toList();
    }

    /** What was published up to a number and has not come back never will. */
    void neverReturns(RoomOutput output, long upTo) {
        output.deliverLocally(upTo);
        output.noteReturned(upTo);
    }

    /** What is published is still written, but not delivered here. */
    void close(RoomOutput output) {
        output.closed = true;
        output.undelivered.forEach(this::delivered);
        output.undelivered.clear();
    }

    /** {@return whether none has to be written any more} */
    boolean allWritten() {
        return unwritten.isEmpty();
    }

    /** {@return how many Redis has not confirmed} */
    long countUnwritten() {
        return unwritten.stream().filter(each -> !each.written).count();
    }

    /** {@return whether the first unwritten one may be written now} */
    boolean hasWritable(Session session) {
        return !unwritten.isEmpty() && !isAhead(unwritten.peek(), session);
    }

    /** {@return for how long the first unwritten one has waited for others to come back, and none has; 0 if it need not} */
    long stallNanos(Session session, long now) {
        Published next = hasWritable(session) ? null : unwritten.peek();
        long returned = next == null ? 0 : next.output.returned();
        if (next != stalled || returned != stalledReturned) {
            stalled = next;
            stalledReturned = returned;
            stalledSince = now;
        }
        return next == null ? 0 : now - stalledSince;
    }

    /** What the first unwritten one waits for does not come back: Redis has dropped it. */
    void stopAwaitingReturn() {
        if (!unwritten.isEmpty()) {
            unwritten.peek().output.restartWindow();
        }
    }

    /** {@return the next messages to write at once} */
    List<Published> nextToWrite(Session session) {
        List<Published> next = new ArrayList<>();
        long size = 0;
        for (Published each : unwritten) {
            if (each.written) {
                continue;
            }
            size += each.bytes;
            if (isAhead(each, session) || (!next.isEmpty() && (next.size() == MAX_BATCH || size > MAX_BATCH_BYTES))) {
                break;
            }
            each.output.noteNext(each);
            next.add(each);
        }
        return next;
    }

    private boolean isAhead(Published message, Session session) {
        return message.output.isAhead(message, session, window);
    }

    /** A message need not be written any more. */
    void written(Published published) {
        if (!published.written) {
            published.written = true;
            settle(published);
        }
        while (!unwritten.isEmpty() && unwritten.peek().written) {
            unwritten.poll();
        }
    }

    /** A message need not be delivered any more. Call once for each. */
    void delivered(Published published) {
        published.delivered = true;
        settle(published);
    }

    private void settle(Published published) {
        if (published.written && published.delivered) {
            count--;
            bytes -= published.bytes;
        }
    }
}
