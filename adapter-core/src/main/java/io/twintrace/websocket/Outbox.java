package io.twintrace.websocket;

import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.frame.CloseStatus;
import io.twintrace.websocket.json.Json;
import io.twintrace.websocket.thread.TaskThreads;
import io.twintrace.websocket.transport.Deadlines;
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
 * Messages on their way to one peer: any thread offers them, one writer sends them, in the order in which they were
 * offered. From {@link WebSocketConnection#outbox()}. Offering does not wait for the peer while there is room.
 *
 * <p>Whatever is written to the connection has to go through here, the handler's own messages included. The first offer
 * {@linkplain WriteDiscipline declares} that, and takes a write deadline away, so that the write timeout of the options
 * holds; from then on every direct write fails at once, and so does every guarded setting, which belongs before it. The
 * report of such a write names the place of the first offer as well.
 *
 * <p>An offer throws a {@link io.twintrace.websocket.detect.ConcurrentWriteException} only if it is the first, and
 * another thread is inside a direct write or has a {@link MessageWriter} open. One that this thread has open is
 * completed by its first offer. After a direct write past the outbox, offers return false, and {@link #flush} throws
 * with the conflict as the cause: the thread that wrote directly is the one to be changed.
 *
 * <p>What waits is bounded in messages and in bytes ({@link OutboxOptions}). The message that is being written does not
 * count. A thread is held only while there is something to write: a virtual one on JDK 21 and later. Inside a call of a
 * {@link WebSocketListener} the calling thread writes by itself, as long as the peer takes what is written.
 *
 * <p>An offer returns false where the message will not be sent: when the connection has ended or is closing, when this
 * was closed, or when there was no room. Whoever broadcasts need not look, since the peer's own handler sees the end of
 * its connection; a loop that has only this peer must end at false. A message that was accepted is lost only together
 * with the connection, or to {@link WhenFull#dropOldest()}.
 *
 * <p>Inside a call of a {@link WebSocketListener} nothing here waits, as if every patience and timeout were zero.
 *
 * <p>Safe for any thread.
 */
public final class Outbox {
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

    Outbox(WebSocketConnection connection, WriteHalf writing, OutboxOptions options, Duration closeTimeout) {
        this.connection = connection;
        this.writing = writing;
        this.options = options;
        this.closeTimeout = closeTimeout;
        this.waiting = new WaitingMessages(options);
        this.firstOffer = new FirstOffer(writing, writer);
    }

    /**
     * Offers a text message. Unpaired surrogates are sent as question marks.
     *
     * @return whether it will be sent
     * @throws IllegalArgumentException when it is larger than the outbox
     */
    public boolean offer(String text) {
        return offer(OutgoingMessage.text(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Offers a message of a copy of {@code payload}.
     *
     * @return whether it will be sent
     * @throws IllegalArgumentException when the type is TEXT and the payload is not UTF-8, or when it is larger than
     *     the outbox
     */
    public boolean offer(MessageType type, byte[] payload) {
        if (Objects.requireNonNull(type, "type") == MessageType.BINARY) {
            return offer(OutgoingMessage.binary(payload.clone()));
        }
        byte[] text = payload.clone();
        new OutgoingText().check(ByteBuffer.wrap(text));
        return offer(OutgoingMessage.text(text));
    }

    /**
     * Offers a message that others get as well.
     *
     * @return whether it will be sent
     * @throws IllegalArgumentException when it is larger than the outbox
     */
    public boolean offer(PreparedMessage message) {
        return offer(OutgoingMessage.prepared(message));
    }

    /**
     * Offers a value as JSON. Needs Gson; the value is serialised by the calling thread, before this returns.
     *
     * @return whether it will be sent
     * @throws IllegalArgumentException when it is larger than the outbox
     */
    public boolean offerJson(Object value) {
        return offer(Json.encode(value));
    }

    /** How many messages wait at the moment. */
    public int waiting() {
        lock.lock();
        try {
            return waiting.count();
        } finally {
            lock.unlock();
        }
    }

    /** How many bytes of payload wait at the moment. */
    public long waitingBytes() {
        lock.lock();
        try {
            return waiting.bytes();
        } finally {
            lock.unlock();
        }
    }

    /** How many messages {@link WhenFull#dropOldest()} has dropped so far. */
    public long dropped() {
        lock.lock();
        try {
            return waiting.dropped();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until everything that was accepted before this call is written, or was dropped by {@link WhenFull}.
     * Messages that are offered meanwhile are not waited for.
     *
     * @param timeout zero to look without waiting
     * @return false when the timeout came first
     * @throws IOException when the connection has ended before, so that some were lost
     */
    public boolean flush(Duration timeout) throws IOException {
        long deadline = Deadlines.afterNanos(Turn.current() != null ? 0 : Deadlines.nanos(timeout));
        if (!awaitTaken(deadline)) {
            return false;
        }
        // In a call nothing waits: what is with the operating system is, and the rest is not.
        return Turn.current() != null ? writing.flushNow() : writing.awaitWritten(deadline);
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

    /**
     * Accepts no more, and waits until what was accepted is written, for the close timeout of the options at most. What
     * is left then goes on being written until the connection is closed.
     */
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            long deadline = Turn.current() != null ? System.nanoTime() : Deadlines.after(closeTimeout);
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
        long deadline = Deadlines.afterNanos(Turn.current() != null ? 0 : Deadlines.nanos(patience()));
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
