package io.twintrace.websocket;

import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.json.Json;
import io.twintrace.websocket.transport.Deadlines;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Messages on their way to one peer: any thread offers them, one writer sends them, in the order in which they were
 * offered. From {@link WebSocketConnection#outbox()}. Offering never waits for the peer, unless {@link WhenFull#block} asks
 * for it, and holds no lock while the writer writes.
 *
 * <p>Whatever is written to the connection has to go through here, the handler's own messages included. A direct write
 * beside it fails as one against the {@linkplain WriteDiscipline declared discipline}, at once and with both stacks, as
 * soon as the first message was offered.
 *
 * <p>What waits is bounded in messages and in bytes ({@link OutboxOptions}). The message that is being written does not
 * count. A thread is held only while there is something to write: a virtual one on JDK 21 and later.
 *
 * <p>An offer returns false where the message will not be sent: when the connection has ended or is closing, when this was
 * closed, or when there was no room. Whoever broadcasts need not look; the peer's own handler sees the end of its
 * connection. A message that was accepted is lost only together with the connection, or to {@link WhenFull#dropOldest()}.
 *
 * <p>Safe for any thread.
 */
public final class Outbox implements AutoCloseable {
    private final WebSocketConnection connection;
    private final WriteHalf writing;
    private final OutboxOptions options;
    private final Duration closeTimeout;

    /** Held by the writer while it writes, and by nobody else, so that the detector knows it. */
    private final ReentrantLock writer = new ReentrantLock();

    private final ReentrantLock lock = new ReentrantLock();

    /** Signalled when there is more room, fewer to wait for, or nothing to hope for. */
    private final Condition changed = lock.newCondition();

    // Guarded by lock.
    private final ArrayDeque<OutgoingMessage> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean writerRuns;
    private boolean closed;
    private Throwable ended;

    /** Counts of messages from the beginning on. */
    private long accepted;

    private long gone;
    private long dropped;

    /** Whether the writer has told the detector. Guarded by writer. */
    private boolean declared;

    Outbox(WebSocketConnection connection, WriteHalf writing, OutboxOptions options, Duration closeTimeout) {
        this.connection = connection;
        this.writing = writing;
        this.options = options;
        this.closeTimeout = closeTimeout;
    }

    /** Offers a text message. Unpaired surrogates are sent as question marks. */
    public boolean offer(String text) {
        return offer(OutgoingMessage.text(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Offers a message of a copy of {@code payload}.
     *
     * @return whether it will be sent
     * @throws IllegalArgumentException when the type is TEXT and the payload is not UTF-8, or when it is larger than the
     *     outbox
     */
    public boolean offer(MessageType type, byte[] payload) {
        if (type == MessageType.BINARY) {
            return offer(OutgoingMessage.binary(payload.clone()));
        }
        byte[] text = payload.clone();
        new OutgoingText().check(ByteBuffer.wrap(text));
        return offer(OutgoingMessage.text(text));
    }

    /** Offers a message that others get as well. */
    public boolean offer(PreparedMessage message) {
        return offer(OutgoingMessage.prepared(message));
    }

    /** Offers a value as JSON. Needs Gson; the value is serialised by the calling thread, before this returns. */
    public boolean offerJson(Object value) {
        return offer(Json.encode(value));
    }

    /** How many messages wait at the moment. */
    public int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** How many bytes of payload wait at the moment. */
    public long waitingBytes() {
        lock.lock();
        try {
            return waitingBytes;
        } finally {
            lock.unlock();
        }
    }

    /** How many messages {@link WhenFull#dropOldest()} has dropped so far. */
    public long dropped() {
        lock.lock();
        try {
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until everything that was accepted before this call is written, or was dropped by {@link WhenFull}. Messages
     * that are offered meanwhile are not waited for.
     *
     * @return false when the timeout came first
     * @throws IOException when the connection has ended before, so that some were lost
     */
    public boolean flush(Duration timeout) throws IOException {
        long deadline = Deadlines.after(timeout);
        lock.lock();
        try {
            long until = accepted;
            while (gone < until) {
                if (ended != null) {
                    throw new IOException(
                            "connection " + connection.name() + " ended before all messages were written", ended);
                }
                if (!await(deadline)) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for messages to be written");
        } finally {
            lock.unlock();
        }
    }

    /**
     * Accepts no more, and waits until what was accepted is written, for the close timeout of the options at most. What is
     * left then goes on being written until the connection is closed.
     */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            long deadline = Deadlines.after(closeTimeout);
            while (gone < accepted && ended == null && connection.isOpen() && await(deadline)) {}
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private boolean offer(OutgoingMessage message) {
        if (message.length() > options.maxBytes()) {
            throw new IllegalArgumentException(
                    "message of " + message.length() + " bytes is larger than the outbox, which" + " holds "
                            + options.maxBytes() + "; raise maxBytes in its options");
        }
        boolean accept = false;
        boolean tooSlow = false;
        lock.lock();
        try {
            boolean open = connection.isOpen();
            accept = open && makeRoom(message.length());
            tooSlow = open && !accept && !isOver() && options.whenFull() instanceof WhenFull.ClosePeer;
            if (accept) {
                add(message);
            } else if (tooSlow) {
                end(new IOException("the peer was closed because it read too slowly"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        if (tooSlow) { // without the lock, since sending may have to wait
            connection.beginClose(((WhenFull.ClosePeer) options.whenFull()).code(), "too slow");
        }
        return accept;
    }

    private void add(OutgoingMessage message) {
        if (!writerRuns) {
            OutboxThreads.start("websocket-outbox-" + connection.name(), this::write); // may fail for want of memory
            writerRuns = true;
        }
        waiting.addLast(message);
        waitingBytes += message.length();
        accepted++;
    }

    /** Whether there is room now. */
    private boolean makeRoom(int length) throws InterruptedException {
        long deadline =
                options.whenFull() instanceof WhenFull.Block block ? Deadlines.after(block.longest()) : Deadlines.NONE;
        while (!isOver() && !hasRoom(length)) {
            if (options.whenFull() instanceof WhenFull.DropOldest) {
                waitingBytes -= waiting.removeFirst().length();
                dropped++;
                gone++;
                changed.signalAll();
            } else if (deadline == Deadlines.NONE || !await(deadline)) {
                return false;
            }
        }
        return !isOver();
    }

    private boolean isOver() {
        return closed || ended != null;
    }

    private boolean hasRoom(int length) {
        return waiting.size() < options.maxMessages() && waitingBytes + length <= options.maxBytes();
    }

    @SuppressWarnings("WaitNotInLoop") // the loops are the callers'
    private boolean await(long deadline) throws InterruptedException {
        return changed.await(Deadlines.remaining(deadline), TimeUnit.NANOSECONDS);
    }

    /** The writer, from the first message that waits to the last. */
    private void write() {
        writer.lock(); // the writer before this one may not have let go yet
        try {
            if (!declared) {
                declared = true;
                writing.declareOutbox(WriteDiscipline.throughOutbox(writer));
            }
            for (OutgoingMessage message; (message = next()) != null; ) {
                message.write(writing);
                written();
            }
        } catch (IOException | RuntimeException e) {
            endLocked(e); // whoever reads the connection is told as well, and of a conflict the log
        } catch (Error e) {
            endLocked(e);
            connection.abort();
            throw e;
        } finally {
            writer.unlock();
        }
    }

    private OutgoingMessage next() {
        lock.lock();
        try {
            OutgoingMessage message = waiting.pollFirst();
            if (message == null) {
                writerRuns = false;
            } else {
                waitingBytes -= message.length();
                changed.signalAll();
            }
            return message;
        } finally {
            lock.unlock();
        }
    }

    private void written() {
        lock.lock();
        try {
            gone++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void endLocked(Throwable why) {
        lock.lock();
        try {
            writerRuns = false;
            end(why);
        } finally {
            lock.unlock();
        }
    }

    private void end(Throwable why) {
        if (ended == null) {
            ended = why;
        }
        waiting.clear();
        waitingBytes = 0;
        changed.signalAll();
    }
}
