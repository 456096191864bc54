package io.twintrace.websocket.redis;

import io.twintrace.websocket.redis.RoomOutput.Published;
import io.twintrace.websocket.room.RoomMessage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits for the publisher, within bounds, and whether there is a way to Redis. A message waits from its publication
 * until it is written and this node has delivered it. Safe for use by any thread.
 */
final class Outgoing {
    /** So many messages are written before their replies are awaited. */
    private static final int MAX_BATCH = 128;

    private static final int MAX_BATCH_BYTES = 1 << 20;

    /** So long the publisher waits for messages to come back before it counts them as gone. */
    private static final long MAX_STALL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final RedisOptions options;
    private final Counters counters;

    /** Held for moments only, so that publishing does not wait. Guards the fields below, and each {@link RoomOutput}. */
    private final ReentrantLock lock = new ReentrantLock();

    /** The most messages of a room that are written and have not come back. With more, Redis might drop some before. */
    private final int window;

    private final Condition changed = lock.newCondition();
    private final Deque<Published> unwritten = new ArrayDeque<>();
    private final Set<OwnMembers> changedMembers = new LinkedHashSet<>();
    private int waiting;
    private long waitingBytes;
    private Session session;
    private boolean wake;
    private boolean busy;
    private boolean closing;
    private boolean closed;

    /** Empty while Redis can be reached, and before the first attempt. */
    private volatile Optional<Throwable> away = Optional.empty();

    Outgoing(RedisOptions options, Counters counters) {
        this.options = options;
        this.counters = counters;
        window = Math.max(1, options.streamLength() / 8);
    }

    /** {@return the message, which then waits; empty if it cannot be taken} */
    Optional<Published> publish(RoomOutput output, RoomMessage message) {
        lock.lock();
        try {
            int bytes = message.content().length();
            if (output.closed || closing || !makeRoom(bytes)) {
                counters.rejected.increment();
                return Optional.empty();
            }
            Published published = output.next(message, isLocal());
            unwritten.add(published);
            waiting++;
            waitingBytes += bytes;
            counters.published.increment();
            changed.signalAll();
            return Optional.of(published);
        } finally {
            lock.unlock();
        }
    }

    private boolean isLocal() {
        return away.isPresent() && options.whenAway() == WhenAway.DELIVER_LOCALLY;
    }

    private boolean makeRoom(int bytes) {
        while (isFull(bytes)) {
            Published oldest = unwritten.peek();
            if (!isLocal() || oldest == null || !oldest.delivered) {
                return false;
            }
            unwritten.poll();
            counters.unshared.increment();
            written(oldest);
        }
        return true;
    }

    private boolean isFull(int bytes) {
        return waiting >= options.maxWaiting() || (waiting > 0 && waitingBytes + bytes > options.maxWaitingBytes());
    }

    private void written(Published published) {
        if (!published.written) {
            published.written = true;
            settle(published);
        }
    }

    private void delivered(Published published) {
        published.delivered = true;
        settle(published);
    }

    private void settle(Published published) {
        if (published.written && published.delivered) {
            waiting--;
            waitingBytes -= published.bytes;
        }
    }

    /** {@return the next message that this node delivers without Redis} */
    Optional<Published> nextLocal(RoomOutput output) {
        lock.lock();
        try {
            Published next = output.undelivered.peek();
            if (next == null || !next.local) {
                return Optional.empty();
            }
            delivered(output.undelivered.poll());
            return Optional.of(next);
        } finally {
            lock.unlock();
        }
    }

    boolean hasLocal(RoomOutput output) {
        lock.lock();
        try {
            Published next = output.undelivered.peek();
            return next != null && next.local;
        } finally {
            lock.unlock();
        }
    }

    /** A message has come back from Redis. */
    void returned(RoomOutput output, long sequence) {
        lock.lock();
        try {
            while (!output.undelivered.isEmpty() && output.undelivered.peek().sequence <= sequence) {
                Published next = output.undelivered.poll();
                delivered(next);
                if (next.sequence == sequence) {
                    // Redis has it, whether or not it has said so.
                    written(next);
                    removeWritten();
                }
            }
            output.returned = Math.max(output.returned, sequence);
            if (!unwritten.isEmpty()) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Redis has not taken a message, and never will: it must not take the place of others. */
    void refused(Published published) {
        lock.lock();
        try {
            if (published.output.undelivered.remove(published)) {
                delivered(published);
            }
            published.output.returned = Math.max(published.output.returned, published.sequence);
        } finally {
            lock.unlock();
        }
    }

    boolean hasPublished(RoomOutput output) {
        lock.lock();
        try {
            return output.sequence > 0;
        } finally {
            lock.unlock();
        }
    }

    /** Redis has lost the room: what was written, but has not come back, never will. Returns how many. */
    int forgetWritten(RoomOutput output) {
        lock.lock();
        try {
            int before = output.undelivered.size();
            output.undelivered.stream().filter(each -> each.written).forEach(this::delivered);
            output.undelivered.removeIf(each -> each.written);
            return before - output.undelivered.size();
        } finally {
            lock.unlock();
        }
    }

    /** What is published is still written, but not delivered here. */
    void close(RoomOutput output) {
        lock.lock();
        try {
            output.closed = true;
            output.undelivered.forEach(this::delivered);
            output.undelivered.clear();
        } finally {
            lock.unlock();
        }
    }

    void membersChanged(OwnMembers members) {
        lock.lock();
        try {
            changedMembers.add(members);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Rooms that are opened and closed while Redis is away must not add up. */
    void forget(OwnMembers members) {
        lock.lock();
        try {
            changedMembers.remove(members);
        } finally {
            lock.unlock();
        }
    }

    /** Has the reader look for new rooms. */
    void wakeReader() {
        lock.lock();
        try {
            wake = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void connected(Session newSession) {
        lock.lock();
        try {
            session = newSession;
            away = Optional.empty();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void disconnected(IOException why, Collection<RoomOutput> outputs) {
        lock.lock();
        try {
            session = null;
            busy = false;
            away = Optional.of(why);
            if (isLocal()) {
                outputs.forEach(output -> output.undelivered.forEach(each -> each.local = true));
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** {@return why Redis cannot be reached; empty while it can} */
    Optional<Throwable> away() {
        return away;
    }

    /** {@return the session, once there is one; null when closed} */
    Session awaitSession() throws InterruptedException {
        lock.lock();
        try {
            while (!closed && (session == null || session.failed())) {
                changed.await();
            }
            return closed ? null : session;
        } finally {
            lock.unlock();
        }
    }

    /** {@return the next things to write, none if there are none in time; null once the session has ended} */
    Batch take(Session current, long deadlineNanos) throws InterruptedException {
        lock.lock();
        try {
            long nanos = deadlineNanos - System.nanoTime();
            long patience = MAX_STALL_NANOS;
            while (session == current && !closed && !hasWork() && nanos > 0 && patience > 0) {
                long before = nanos;
                nanos = changed.awaitNanos(nanos);
                patience = unwritten.isEmpty() ? MAX_STALL_NANOS : patience - (before - nanos);
            }
            if (session != current || closed) {
                return null;
            }
            if (patience <= 0 && !hasWork() && !unwritten.isEmpty()) {
                // Redis has dropped them. They will not come back.
                unwritten.peek().output.returnedIn = null;
            }
            Batch batch = new Batch(firstUnwritten(), List.copyOf(changedMembers), wake);
            changedMembers.clear();
            wake = false;
            busy = true;
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private boolean isIdle() {
        return unwritten.isEmpty() && changedMembers.isEmpty() && !wake;
    }

    private boolean hasWork() {
        return !changedMembers.isEmpty() || wake || (!unwritten.isEmpty() && !isAhead(unwritten.peek()));
    }

    /** Whether the room's own reader has to catch up first. */
    private boolean isAhead(Published next) {
        RoomOutput output = next.output;
        if (output.returnedIn != session) {
            output.returnedIn = session;
            output.returned = next.sequence - 1;
        }
        return !output.closed && next.sequence - output.returned > window;
    }

    private List<Published> firstUnwritten() {
        List<Published> first = new ArrayList<>();
        long bytes = 0;
        for (Published each : unwritten) {
            if (each.written) {
                continue;
            }
            bytes += each.bytes;
            if (isAhead(each) || (!first.isEmpty() && (first.size() == MAX_BATCH || bytes > MAX_BATCH_BYTES))) {
                break;
            }
            first.add(each);
        }
        return first;
    }

    void acknowledged(Batch batch) {
        lock.lock();
        try {
            busy = false;
            batch.messages.forEach(this::written);
            removeWritten();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void removeWritten() {
        while (!unwritten.isEmpty() && unwritten.peek().written) {
            unwritten.poll();
        }
    }

    /**
     * Takes no more, and gives the publisher time for what waits, unless Redis is known to be away. Returns how many
     * messages Redis has not confirmed, which are lost.
     */
    long close(long timeoutMillis) {
        boolean interrupted = false;
        long lost = 0;
        lock.lock();
        try {
            closing = true;
            long nanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
            while (away.isEmpty() && (busy || !isIdle()) && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            closed = true;
            lost = unwritten.stream().filter(each -> !each.written).count();
            counters.unshared.add(lost);
            changed.signalAll();
            lock.unlock();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return lost;
    }

    int waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    long waitingBytes() {
        lock.lock();
        try {
            return waitingBytes;
        } finally {
            lock.unlock();
        }
    }

    /** What the publisher writes at once. */
    record Batch(List<Published> messages, List<OwnMembers> members, boolean wake) {}
}
