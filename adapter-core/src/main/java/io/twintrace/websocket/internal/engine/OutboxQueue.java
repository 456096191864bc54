package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.OutboxOptions;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.write.EncodedMessage;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Holds the messages that wait in an outbox, and tracks how far its writer has come. The holder of its lock calls these
 * methods, except where they say otherwise.
 */
final class OutboxQueue {
    private final int maxMessages;
    private final long maxBytes;
    private final ReentrantLock lock = new ReentrantLock();

    /** Signaled when there is more room, when fewer messages wait, or when the outbox has ended. */
    private final Condition changed = lock.newCondition();

    // Guarded by lock.
    private final ArrayDeque<OfferedMessage> waiting = new ArrayDeque<>();
    private long bytes;

    /** The waiting messages that a newer one with the same key replaces; null until the first such message. */
    private Map<Object, ReplaceableMessage> byKey;

    /** The number of accepted messages, which is also the number of the last one in the queue. Numbers have no gaps. */
    private long accepted;

    /** The number of the message that is being written, or of the first one; 0 if there is none. */
    private long inFlight;

    private long dropped;
    private boolean closed;
    private Throwable ended;

    /** Whether the end came before all accepted messages were written. */
    private boolean hasLost;

    /** What {@link #runIfGone} runs once; null for nothing. Written under the lock. */
    private volatile Runnable whenGone;

    /** The number of waiting messages, for {@link #isEmpty()}. Written under the lock. */
    private volatile int count;

    OutboxQueue(OutboxOptions options) {
        this.maxMessages = options.maxMessages();
        this.maxBytes = options.maxBytes();
    }

    // ---- Any thread -----------------------------------------------------------------------------------------------

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    /** Returns whether no message waits. Certain only for the holder of the lock. */
    boolean isEmpty() {
        return count == 0;
    }

    int count() {
        return count;
    }

    /** Returns how many bytes of payload wait. */
    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    long dropped() {
        lock.lock();
        try {
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    /** Accepts no more messages, and drops those that wait, so that no thread takes them for written. */
    void end(Throwable why) {
        lock.lock();
        try {
            if (ended == null) {
                ended = why;
            }
            hasLost |= inFlight != 0 || !waiting.isEmpty();
            accepted -= waiting.size();
            waiting.clear();
            byKey = null;
            bytes = 0;
            changed();
        } finally {
            lock.unlock();
        }
    }

    /** Accepts no more messages. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Sets what runs once no message waits, if no more are accepted. */
    void whenGone(Runnable then) {
        lock.lock();
        try {
            whenGone = then;
        } finally {
            lock.unlock();
        }
    }

    /** Runs that, if it is time. Call this without the lock, after messages were written. */
    void runIfGone() {
        if (whenGone == null) {
            return; // the usual case, which takes no lock
        }
        Runnable then = null;
        lock.lock();
        try {
            if (closed && (ended != null || areGone(accepted))) {
                then = whenGone;
                whenGone = null;
            }
        } finally {
            lock.unlock();
        }
        if (then != null) {
            then.run();
        }
    }

    // ---- The holder of the lock -----------------------------------------------------------------------------------

    /** Returns whether no more messages are accepted. */
    boolean isOver() {
        return closed || ended != null;
    }

    /** Returns why the outbox has ended; null if it has not. */
    Throwable ended() {
        return ended;
    }

    boolean hasLost() {
        return hasLost;
    }

    /** Returns the number of the message that was accepted last. */
    long accepted() {
        return accepted;
    }

    boolean hasRoom(int length) {
        return waiting.size() < maxMessages && bytes + length <= maxBytes;
    }

    /**
     * Waits for a change.
     *
     * @return false at the deadline
     */
    @SuppressWarnings("WaitNotInLoop") // the loops are the callers'
    boolean await(long deadline) throws InterruptedException {
        return changed.await(Deadlines.remaining(deadline), TimeUnit.NANOSECONDS);
    }

    void add(OfferedMessage message) {
        waiting.addLast(message);
        if (message instanceof ReplaceableMessage replaceable) {
            if (byKey == null) {
                byKey = new HashMap<>();
            }
            byKey.put(replaceable.key(), replaceable);
        }
        bytes += message.length();
        accepted++;
        count = waiting.size();
    }

    /**
     * Replaces the content of a message with the same key, in its place.
     *
     * @return false if none waits, or the new content is too large; the old one is gone then
     */
    boolean replace(ReplaceableMessage message) {
        ReplaceableMessage older = byKey == null ? null : byKey.get(message.key());
        if (older == null) {
            return false;
        }
        if (bytes - older.length() + message.length() > maxBytes) {
            remove(older);
            return false;
        }
        bytes += message.length() - older.length();
        older.take(message);
        dropped++;
        return true;
    }

    private void remove(ReplaceableMessage older) {
        byKey.remove(older.key());
        waiting.remove(older);
        accepted--; // those behind it move up, so that none of them counts as gone
        bytes -= older.length();
        dropped++;
        changed();
    }

    void dropOldest() {
        bytes -= removeFirst().length();
        dropped++;
        changed();
    }

    /** Takes the next message to write, after the previous one was written. Returns null if none waits. */
    OfferedMessage next() {
        OfferedMessage message = waiting.isEmpty() ? null : removeFirst();
        if (message == null) {
            inFlight = 0;
        } else {
            bytes -= message.length();
            inFlight = accepted - waiting.size();
        }
        changed();
        return message;
    }

    /**
     * Takes one more message to write together with those that were taken just before.
     *
     * @param most how long it may be in bytes
     * @return null if none waits that can be written together with others
     */
    EncodedMessage nextWithOthers(int most) {
        OfferedMessage message = waiting.peekFirst();
        EncodedMessage encoded = message == null || message.length() > most ? null : message.encoded();
        if (encoded != null) {
            bytes -= removeFirst().length();
            changed();
        }
        return encoded;
    }

    private OfferedMessage removeFirst() {
        OfferedMessage message = waiting.removeFirst();
        if (message instanceof ReplaceableMessage replaceable) {
            byKey.remove(replaceable.key(), replaceable);
        }
        return message;
    }

    private void changed() {
        count = waiting.size();
        if (lock.hasWaiters(changed)) {
            changed.signalAll();
        }
    }

    /** Notes that the message in flight is written, and that the next one is left for later. */
    void pause() {
        inFlight = 0;
        changed();
    }

    /** Returns whether all messages up to this number are written or were dropped. */
    boolean areGone(long number) {
        boolean taken = waiting.isEmpty() || accepted - waiting.size() >= number;
        return taken && (inFlight == 0 || inFlight > number);
    }
}
