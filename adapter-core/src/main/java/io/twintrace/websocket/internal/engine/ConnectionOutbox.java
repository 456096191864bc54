package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.Outbox;
import io.twintrace.websocket.OutboxOptions;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.WhenFull;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.TaskThreads;
import io.twintrace.websocket.internal.json.Json;
import io.twintrace.websocket.internal.write.GuardedWriter;
import io.twintrace.websocket.internal.write.OutgoingText;
import io.twintrace.websocket.internal.write.WriteBatch;
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
 * The outbox of one connection. The first thread that finds no message being written becomes the writer, or starts a
 * thread for that. From then on, other threads only add their messages.
 */
final class ConnectionOutbox implements Outbox {
    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket");

    private static final long IDLE_THREAD_MILLIS = 500;

    /** Runs one thread for each outbox that has something to write. */
    private static final TaskThreads THREADS = new TaskThreads("websocket-outbox-idle", IDLE_THREAD_MILLIS);

    /** The most messages of other threads that a thread with other connections to serve writes as well. */
    private static final int MAX_WRITTEN_HERE = 64;

    private final WebSocketConnection connection;
    private final GuardedWriter writing;
    private final WebSocketOptions connectionOptions;
    private final OutboxOptions options;

    /** The application's class loader, for code that runs on the writer's thread, such as listeners. */
    private final ClassLoader contextClassLoader = Thread.currentThread().getContextClassLoader();

    /** Held by the writer while it writes, and by no other thread, so that the detector recognizes the writer. */
    private final ReentrantLock writer = new ReentrantLock();

    private final ReentrantLock lock = new ReentrantLock();

    /** Signaled when there is more room, when fewer messages wait, or when the outbox has ended. */
    private final Condition changed = lock.newCondition();

    // Guarded by lock.
    private final OutboxQueue waiting;
    private boolean writerRuns;
    private boolean closed;
    private Throwable ended;

    /** How many messages a thread with other connections to serve has written. */
    private int writtenHere;

    private final FirstOffer firstOffer;

    ConnectionOutbox(WebSocketConnection connection, GuardedWriter writing, WebSocketOptions connectionOptions) {
        this.connection = connection;
        this.writing = writing;
        this.connectionOptions = connectionOptions;
        this.options = connectionOptions.outbox();
        this.waiting = new OutboxQueue(options);
        this.firstOffer = new FirstOffer(writing, writer);
    }

    @Override
    public boolean offer(String text) {
        return offer(OfferedMessage.text(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public boolean offer(MessageType type, byte[] payload) {
        if (Objects.requireNonNull(type, "type") == MessageType.BINARY) {
            return offer(OfferedMessage.binary(payload.clone()));
        }
        byte[] text = payload.clone();
        new OutgoingText().check(ByteBuffer.wrap(text));
        return offer(OfferedMessage.text(text));
    }

    @Override
    public boolean offer(PreparedMessage message) {
        return offer(OfferedMessage.prepared(message));
    }

    @Override
    public boolean offerJson(Object value) {
        return offer(Json.encode(connectionOptions, value));
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
        long deadline = Deadlines.afterNanos(!WriteBatch.mayWait() ? 0 : Deadlines.nanos(timeout));
        if (!awaitTaken(deadline)) {
            return false;
        }
        // In a listener's call nothing waits, so this only checks whether the operating system has everything.
        return !WriteBatch.mayWait() ? writing.flushNow() : writing.awaitWritten(deadline);
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
            long deadline =
                    !WriteBatch.mayWait() ? System.nanoTime() : Deadlines.after(connectionOptions.closeTimeout());
            while (!waiting.areGone(waiting.accepted()) && ended == null && connection.isOpen() && await(deadline)) {}
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Closes like {@link #close()}, but does not wait. If necessary, another thread waits.
     *
     * @param then runs once everything is written
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

    private boolean offer(OfferedMessage message) {
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
            close.ifPresent(status -> end(new IOException("the peer read too slowly")));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        if (here) {
            write(message, true);
        }
        // Without the lock, because sending may have to wait.
        close.ifPresent(status -> connection.beginClose(status.code(), status.reason()));
        return accept;
    }

    private static Optional<CloseStatus> closeOf(WhenFull whenFull) {
        return whenFull instanceof WhenFull.ClosePeer closing
                ? Optional.of(new CloseStatus(closing.code(), "too slow"))
                : Optional.empty();
    }

    /**
     * Makes the calling thread the writer, and this its first message. The thread never waits for the peer when it
     * writes.
     */
    private boolean takeNow() {
        writerRuns = true;
        writtenHere = 0;
        waiting.addInFlight();
        return true;
    }

    /**
     * Adds a message, and starts a writer if none runs. Returns false if no thread is available, which ends the
     * connection.
     */
    private boolean add(OfferedMessage message) {
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
        } catch (OutOfMemoryError e) { // also if there is no thread; a caller that broadcasts must go on
            end(e);
            connection.abort();
            LOGGER.log(
                    Level.ERROR,
                    "no thread for the outbox of connection " + connection.name() + "; the connection is cut off",
                    e);
            return false;
        }
    }

    /** Makes room for a message as the options say. Returns whether there is room now. */
    private boolean makeRoom(int length) throws InterruptedException {
        if (waiting.hasRoom(length)) {
            return !isOver(); // the usual case, for which no clock is read
        }
        long deadline = Deadlines.afterNanos(!WriteBatch.mayWait() ? 0 : Deadlines.nanos(patience()));
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
     * Writes messages as the writer, until none waits.
     *
     * @param first the first message, already taken; null for none
     * @param here whether the thread must not wait; it then leaves the rest to a thread that may, if the peer is too
     *     slow
     */
    private void write(OfferedMessage first, boolean here) {
        writer.lock(); // the previous writer may not have released it yet
        try {
            firstOffer.awaitDeclared();
            OfferedMessage message = first != null ? first : next(here);
            for (; message != null; message = next(here)) {
                message.write(writing);
            }
        } catch (IOException | ConcurrentWriteException e) {
            endLocked(e); // the thread that reads learns of it too, and the log learns of a conflict
        } catch (RuntimeException | Error e) {
            endLocked(e);
            LOGGER.log(
                    Level.ERROR,
                    "the outbox of connection " + connection.name() + " has failed; the connection is cut off",
                    e);
            connection.abort();
        } finally {
            writer.unlock();
        }
    }

    /**
     * Takes the next message, after the previous one was written. Returns null if none waits, or if another thread
     * continues.
     */
    private OfferedMessage next(boolean here) {
        lock.lock();
        try {
            boolean enough = ++writtenHere > MAX_WRITTEN_HERE || !writing.isWaitless();
            if (here && enough && !waiting.isEmpty()) {
                waiting.pause();
                writerRuns = startWriter();
                return null;
            }
            OfferedMessage message = waiting.next();
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
