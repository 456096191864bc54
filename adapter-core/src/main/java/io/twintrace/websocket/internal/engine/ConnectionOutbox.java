package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.Outbox;
import io.twintrace.websocket.OutboxOptions;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WhenFull;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.TaskThreads;
import io.twintrace.websocket.internal.json.Json;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The outbox of one connection. The first thread that finds nothing being written becomes the writer, or has a thread of
 * its own started for that; from then on others only leave their messages.
 */
final class ConnectionOutbox implements Outbox {
    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket");

    private static final long IDLE_THREAD_MILLIS = 500;

    /** One for each outbox that has something to write. */
    private static final TaskThreads THREADS = new TaskThreads("websocket-outbox-idle", IDLE_THREAD_MILLIS);

    /** So many messages of others such a thread writes as well. */
    private static final int MOST_HERE = 64;

    private final WebSocketConnection connection;
    private final WriteHalf writing;
    private final OutboxOptions options;
    private final Duration closeTimeout;

    /** The application's, for what runs on the writer's thread, such as listeners. */
    private final ClassLoader contextClassLoader = Thread.currentThread().getContextClassLoader();

    /** Held by the writer while it writes, and by nobody else, so that the detector knows it. */
    private final ReentrantLock writer = new ReentrantLock();

    private final ReentrantLock lock = new ReentrantLock();

    /** Signalled when there is more room, fewer to wait for, or nothing to hope for. */
    private final Condition changed = lock.newCondition();

    // Guarded by lock.
    private final WaitingMessages waiting;
    private boolean writerRuns;
    private boolean closed;
    private Throwable ended;

    /** How many messages a thread that has other connections to serve has written. */
    private int writtenHere;

    private final FirstOffer firstOffer;

    ConnectionOutbox(WebSocketConnection connection, WriteHalf writing, OutboxOptions options, Duration closeTimeout) {
        this.connection = connection;
        this.writing = writing;
        this.options = options;
        this.closeTimeout = closeTimeout;
        this.waiting = new WaitingMessages(options);
        this.firstOffer = new FirstOffer(writing, writer);
    }

    @Override
    public boolean offer(String text) {
        return offer(OutgoingMessage.text(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public boolean offer(MessageType type, byte[] payload) {
        if (Objects.requireNonNull(type, "type") == MessageType.BINARY) {
            return offer(OutgoingMessage.binary(payload.clone()));
        }
        byte[] text = payload.clone();
        new OutgoingText().check(ByteBuffer.wrap(text));
        return offer(OutgoingMessage.text(text));
    }

    @Override
    public boolean offer(PreparedMessage message) {
        return offer(OutgoingMessage.prepared(message));
    }

    @Override
    public boolean offerJson(Object value) {
        return offer(Json.encode(value));
    }

    @Override
    public int waiting() {
        lock.lock();
        try {
            return waiting.count();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long waitingBytes() {
        lock.lock();
        try {
            return waiting.bytes();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long dropped() {
        lock.lock();
        try {
            return waiting.dropped();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean flush(Duration timeout) throws IOException {
        long deadline = Deadlines.afterNanos(WriteBatch.current() != null ? 0 : Deadlines.nanos(timeout));
        if (!awaitTaken(deadline)) {
            return false;
        }
        // In a call nothing waits: what is with the operating system is, and the rest is not.
        return WriteBatch.current() != null ? writing.flushNow() : writing.awaitWritten(deadline);
    }

    private boolean awaitTaken(long deadline) throws IOException {
        lock.lock();
        try {
            long until = waiting.accepted();
            while (!waiting.areGone(until)) {
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

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            long deadline = WriteBatch.current() != null ? System.nanoTime() : Deadlines.after(closeTimeout);
            while (!waiting.areGone(waiting.accepted()) && ended == null && connection.isOpen() && await(deadline)) {}
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /**
     * {@link #close()} for a thread that does not wait: another one does, if need be.
     *
     * @param then what is to be done once everything is written
     */
    void closeElsewhere(Runnable then) {
        boolean done;
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            done = waiting.areGone(waiting.accepted()) || ended != null;
        } finally {
            lock.unlock();
        }
        if (done) {
            then.run();
            return;
        }
        THREADS.start("websocket-outbox-close-" + connection.name(), contextClassLoader, () -> {
            close();
            then.run();
        });
    }

    private boolean offer(OutgoingMessage message) {
        if (!connection.isOpen()) {
            return false;
        }
        if (message.length() > options.maxBytes()) {
            throw new IllegalArgumentException(
                    "message of " + message.length() + " bytes is larger than the outbox, which holds "
                            + options.maxBytes() + "; raise maxBytes in its options");
        }
        boolean isDeclared;
        try {
            isDeclared = firstOffer.declareOnce();
        } catch (IOException e) {
            return false; // the connection has just ended
        }
        boolean accept = false;
        boolean here = false;
        Optional<CloseStatus> close = Optional.empty();
        lock.lock();
        try {
            if (makeRoom(message.length())) {
                here = isDeclared && !writerRuns && writing.isWaitless();
                accept = here ? takeNow() : add(message);
            }
            close = accept || isOver() ? Optional.empty() : closeOf(options.whenFull());
            close.ifPresent(status -> end(new IOException("the peer was closed because it read too slowly")));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        if (here) {
            write(message, true);
        }
        // Without the lock, since sending may have to wait.
        close.ifPresent(status -> connection.beginClose(status.code(), status.reason()));
        return accept;
    }

    private static Optional<CloseStatus> closeOf(WhenFull whenFull) {
        return whenFull instanceof WhenFull.ClosePeer closing
                ? Optional.of(new CloseStatus(closing.code(), "too slow"))
                : Optional.empty();
    }

    /**
     * The calling thread, which never waits for the peer when it writes, becomes the writer, and this its first
     * message.
     */
    private boolean takeNow() {
        writerRuns = true;
        writtenHere = 0;
        waiting.addInFlight();
        return true;
    }

    /** False when there is no thread to be had, which ends the connection. */
    private boolean add(OutgoingMessage message) {
        if (!writerRuns && !startWriter()) {
            return false;
        }
        writerRuns = true;
        waiting.add(message);
        return true;
    }

    private boolean startWriter() {
        try {
            THREADS.start("websocket-outbox-" + connection.name(), contextClassLoader, () -> write(null, false));
            return true;
        } catch (OutOfMemoryError e) { // also for want of threads; whoever broadcasts has others to send to
            end(e);
            connection.abort();
            LOGGER.log(
                    Level.ERROR,
                    "no thread for the outbox of connection " + connection.name() + ", which is cut off",
                    e);
            return false;
        }
    }

    /** Whether there is room now. */
    private boolean makeRoom(int length) throws InterruptedException {
        if (waiting.hasRoom(length)) {
            return !isOver(); // the usual case, for which no clock is read
        }
        long deadline = Deadlines.afterNanos(WriteBatch.current() != null ? 0 : Deadlines.nanos(patience()));
        while (!isOver() && !waiting.hasRoom(length)) {
            if (options.whenFull() instanceof WhenFull.DropOldest) {
                waiting.dropOldest();
                changed.signalAll();
            } else if (!await(deadline) && !waiting.hasRoom(length)) {
                return false;
            }
        }
        return !isOver();
    }

    private Duration patience() {
        if (options.whenFull() instanceof WhenFull.Block block) {
            return block.longest();
        }
        return options.whenFull() instanceof WhenFull.ClosePeer closing ? closing.patience() : Duration.ZERO;
    }

    private boolean isOver() {
        return closed || ended != null;
    }

    @SuppressWarnings("WaitNotInLoop") // the loops are the callers'
    private boolean await(long deadline) throws InterruptedException {
        return changed.await(Deadlines.remaining(deadline), TimeUnit.NANOSECONDS);
    }

    /**
     * The writer, from the first message that waits to the last.
     *
     * @param first taken already; null for none
     * @param here on a thread that does not wait, and leaves the rest to one that does when the peer is too slow
     */
    private void write(OutgoingMessage first, boolean here) {
        writer.lock(); // the writer before this one may not have let go yet
        try {
            firstOffer.awaitDeclared();
            OutgoingMessage message = first != null ? first : next(here);
            for (; message != null; message = next(here)) {
                message.write(writing);
            }
        } catch (IOException | ConcurrentWriteException e) {
            endLocked(e); // whoever reads the connection is told as well, and of a conflict the log
        } catch (RuntimeException | Error e) {
            endLocked(e);
            LOGGER.log(
                    Level.ERROR, "the outbox of connection " + connection.name() + " has failed, which is cut off", e);
            connection.abort();
        } finally {
            writer.unlock();
        }
    }

    /** Takes the next message, whose predecessor is written; null when there is none, or another thread goes on. */
    private OutgoingMessage next(boolean here) {
        lock.lock();
        try {
            boolean enough = ++writtenHere > MOST_HERE || !writing.isWaitless();
            if (here && enough && !waiting.isEmpty()) {
                waiting.pause();
                writerRuns = startWriter();
                return null;
            }
            OutgoingMessage message = waiting.next();
            writerRuns = message != null;
            changed.signalAll();
            return message;
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
        changed.signalAll();
    }
}
