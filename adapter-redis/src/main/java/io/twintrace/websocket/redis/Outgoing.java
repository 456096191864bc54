package io.twintrace.websocket.redis;

import io.twintrace.websocket.redis.RoomOutput.Published;
import io.twintrace.websocket.room.RoomMessage;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits for the publisher, which it tells: {@linkplain OutgoingQueue messages}, members that have changed, and the
 * way to Redis, if there is one. Safe for use by any thread.
 */
final class Outgoing {
    /** So long the publisher waits for messages to come back before it counts them as gone. */
    private static final long MAX_STALL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final RedisOptions options;
    private final Counters counters;

    /** Held for moments only, so that publishing does not wait. Guards the fields below, and each {@link RoomOutput}. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private final OutgoingQueue messages;
    private final Set<OwnMembers> changedMembers = new LinkedHashSet<>();
    private Session session;

    /** The number of the last batch. */
    private long batches;

    /** The last batch, until the publisher or the next session knows if Redis has executed it; else null. */
    private Batch unconfirmed;

    private boolean wake;
    private boolean busy;
    private boolean closing;
    private boolean closed;

    /** Empty while Redis can be reached, and before the first attempt. */
    private volatile Optional<Throwable> away = Optional.empty();

    Outgoing(RedisOptions options, Counters counters) {
        this.options = options;
        this.counters = counters;
        messages = new OutgoingQueue(options, counters);
    }

    /** {@return the message, which then waits; empty if it cannot be taken} */
    Optional<Published> publish(RoomOutput output, RoomMessage message) {
        lock.lock();
        try {
            Optional<Published> published =
                    output.closed || closing ? Optional.empty() : messages.add(output, message, isLocal());
            if (published.isPresent()) {
                counters.published.increment();
                changed.signalAll();
            } else {
                counters.rejected.increment();
            }
            return published;
        } finally {
            lock.unlock();
        }
    }

    private boolean isLocal() {
        return away.isPresent() && options.whenAway() == WhenAway.DELIVER_LOCALLY;
    }

    /** {@return the next message that this node delivers without Redis} */
    Optional<Published> nextLocal(RoomOutput output) {
        lock.lock();
        try {
            return messages.nextLocal(output);
        } finally {
            lock.unlock();
        }
    }

    boolean hasLocal(RoomOutput output) {
        lock.lock();
        try {
            return output.hasLocal();
        } finally {
            lock.unlock();
        }
    }

    /**
     * A message has come back from Redis. Those before it that have not never will. Returns whether there are any: this
     * node delivers them without Redis.
     */
    boolean returned(RoomOutput output, long sequence) {
        lock.lock();
        try {
            messages.returned(output, sequence);
            if (!messages.allWritten()) {
                changed.signalAll();
            }
            return output.hasLocal();
        } finally {
            lock.unlock();
        }
    }

    /** Redis has not taken a message, and never will: it must not take the place of others. */
    void refused(Published published) {
        lock.lock();
        try {
            messages.refused(published);
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

    /** {@return the messages that Redis has taken and that have not come back} */
    List<Published> unreturned(RoomOutput output) {
        lock.lock();
        try {
            return messages.unreturned(output);
        } finally {
            lock.unlock();
        }
    }

    /** What was published up to a number and has not come back never will: this node delivers it without Redis. */
    void neverReturns(RoomOutput output, long upTo) {
        lock.lock();
        try {
            messages.neverReturns(output, upTo);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What is published is still written, but not delivered here. */
    void close(RoomOutput output) {
        lock.lock();
        try {
            messages.close(output);
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

    /** Takes from a new session which batch Redis has executed last. That one need not be written again. */
    void executed(long lastBatch) {
        lock.lock();
        try {
            if (unconfirmed != null && unconfirmed.number <= lastBatch) {
                unconfirmed.messages.forEach(messages::written);
            }
            unconfirmed = null;
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
                outputs.forEach(output -> output.deliverLocally(Long.MAX_VALUE));
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
            long now = System.nanoTime();
            while (session == current && !closed) {
                long patience = MAX_STALL_NANOS - messages.stallNanos(current, now);
                if (patience <= 0) {
                    messages.stopAwaitingReturn();
                }
                if (hasWork() || deadlineNanos - now <= 0) {
                    break;
                }
                long nanos = Math.min(patience, deadlineNanos - now);
                now += nanos - changed.awaitNanos(nanos);
            }
            if (session != current || closed) {
                return null;
            }
            Batch batch = new Batch(++batches, messages.nextToWrite(current), List.copyOf(changedMembers), wake);
            unconfirmed = batch;
            changedMembers.clear();
            wake = false;
            busy = true;
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private boolean isIdle() {
        return messages.allWritten() && changedMembers.isEmpty() && !wake;
    }

    private boolean hasWork() {
        return !changedMembers.isEmpty() || wake || messages.hasWritable(session);
    }

    void acknowledged(Batch batch) {
        lock.lock();
        try {
            busy = false;
            unconfirmed = null;
            batch.messages.forEach(messages::written);
            changed.signalAll();
        } finally {
            lock.unlock();
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
            lost = messages.countUnwritten();
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
            return messages.count();
        } finally {
            lock.unlock();
        }
    }

    long waitingBytes() {
        lock.lock();
        try {
            return messages.bytes();
        } finally {
            lock.unlock();
        }
    }

    /** What the publisher writes at once. */
    record Batch(long number, List<Published> messages, List<OwnMembers> members, boolean wake) {}
}
