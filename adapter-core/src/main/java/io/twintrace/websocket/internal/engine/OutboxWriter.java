package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.internal.io.StackProbe;
import io.twintrace.websocket.internal.io.TaskThreads;
import io.twintrace.websocket.internal.write.EncodedMessage;
import io.twintrace.websocket.internal.write.GuardedWriter;
import io.twintrace.websocket.internal.write.OfferBatch;
import io.twintrace.websocket.internal.write.WaitingMessages;
import io.twintrace.websocket.internal.write.WriteBatch;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes the messages of one outbox, one thread at a time. It never waits for the peer: the thread that offers a message
 * writes it, if the peer has taken everything before. Otherwise the message waits, and the thread that learns that
 * nothing is pending goes on, which may be one of the container's. A thread that has written enough leaves the rest to
 * one of this class's own.
 */
final class OutboxWriter implements WaitingMessages {
    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket");

    private static final long IDLE_THREAD_MILLIS = 500;

    private static final TaskThreads THREADS = new TaskThreads("websocket-outbox-idle", IDLE_THREAD_MILLIS);

    /** The most messages, and bytes of them, that a thread with something else to do writes in one go. */
    private static final int MAX_MESSAGES_HERE = 64;

    private static final long MAX_BYTES_HERE = 256 * 1024;

    /** The most bytes of messages that are written together, which is what a slow peer's connection may hold copies of. */
    private static final int MAX_BYTES_TOGETHER = 64 * 1024;

    /**
     * The most bytes of one of them. A larger one is worth a write of its own, and the JDK keeps for each thread as many
     * direct buffers of the largest size as were written together.
     */
    private static final int MAX_BYTES_OF_ONE = 16 * 1024;

    private final WebSocketConnection connection;
    private final GuardedWriter writing;
    private final OutboxQueue queue;

    /** The application's class loader, for code that runs on a thread of its own, such as listeners. */
    private final ClassLoader contextClassLoader = Thread.currentThread().getContextClassLoader();

    /** Held by the writer while it writes, and by no other thread, so that the detector recognizes the writer. */
    private final ReentrantLock writer = new ReentrantLock();

    private final FirstOffer firstOffer;

    /** Whether another thread has to go on. Guarded by writer. */
    private boolean passesOn;

    /** What is written together with the message that was taken last, which comes first. Guarded by writer. */
    private final List<EncodedMessage> together = new ArrayList<>(0);

    // Guarded by the queue's lock.
    private boolean running;
    private int messagesHere;
    private long bytesHere;

    OutboxWriter(WebSocketConnection connection, GuardedWriter writing, OutboxQueue queue) {
        this.connection = connection;
        this.writing = writing;
        this.queue = queue;
        this.firstOffer = new FirstOffer(writing, writer);
    }

    /** Tells the detector of the outbox, as {@link FirstOffer#declareOnce()} does. */
    boolean declareOnce() throws IOException {
        return firstOffer.declareOnce();
    }

    /** Runs a task on a thread of its own. */
    void start(String purpose, Runnable task) {
        THREADS.start("websocket-outbox-" + purpose + connection.name(), contextClassLoader, task);
    }

    // ---- The holder of the queue's lock ---------------------------------------------------------------------------

    /**
     * Adds a message to the queue, and sees to it that somebody writes it.
     *
     * @return whether this thread has to write now, with {@link #write()}
     * @throws OutOfMemoryError also if a thread is needed and there is none
     */
    boolean add(OfferedMessage message) {
        if (!running && !firstOffer.isDeclared()) { // another thread declares it, and this one does not wait for that
            start("", this::declareAndWrite);
            running = true;
        }
        queue.add(message); // first: the thread that sees this message's absence has taken what was pending before
        boolean here = !running && !writing.hasPending();
        if (here) {
            begin();
        }
        return here;
    }

    private void begin() {
        running = true;
        messagesHere = 0;
        bytesHere = 0;
    }

    // ---- The writer -----------------------------------------------------------------------------------------------

    @Override
    public void goOn(boolean inWrite) {
        if (queue.isEmpty()) {
            return; // the usual case; a message that is being added sees that nothing is pending
        }
        StackProbe.probe();
        queue.lock();
        try {
            if (running || queue.isEmpty() || writing.hasPending()) {
                return;
            }
            begin();
        } finally {
            queue.unlock();
        }
        if (inWrite) {
            startWriter();
        } else {
            write();
        }
    }

    /** Writes what waits, until bytes are pending or this thread has written enough. */
    void write() {
        writeBatch(true);
    }

    private void writeBatch(boolean here) {
        WriteBatch begun = null;
        boolean locked = false;
        try {
            begun = OfferBatch.begin();
            writer.lock(); // the previous writer may not have released it yet
            locked = true;
            write(here);
        } catch (IOException | ConcurrentWriteException e) {
            fail(e); // the thread that reads learns of it too, and the log learns of a conflict
        } catch (RuntimeException | Error e) {
            failed(e);
        } finally {
            try {
                if (locked) {
                    writer.unlock();
                }
            } finally {
                OfferBatch.end(begun);
                queue.runIfGone();
            }
        }
    }

    private void write(boolean here) throws IOException {
        writing.offeredIn(WriteBatch.current());
        try {
            OfferedMessage message;
            while ((message = next(here)) != null) {
                if (together.isEmpty()) {
                    message.write(writing);
                } else {
                    writing.writePrepared(together);
                }
            }
        } finally {
            writing.offeredIn(null);
        }
        if (passesOn) {
            passesOn = false;
            startWriter();
        }
    }

    private void failed(Throwable e) {
        fail(e);
        try {
            LOGGER.log(
                    Level.ERROR,
                    "the outbox of connection " + connection.name() + " has failed; the connection is cut off",
                    e);
        } finally {
            connection.abort();
        }
    }

    private void declareAndWrite() {
        try {
            firstOffer.awaitDeclared();
        } catch (IOException | ConcurrentWriteException e) {
            fail(e);
            return;
        }
        writeAll();
    }

    private void writeAll() {
        writeBatch(false);
    }

    /**
     * Takes the next message, after the previous one was written, and small ones behind it. Returns null if none waits,
     * or if something else goes on: the end of what is pending, or another thread.
     */
    private OfferedMessage next(boolean here) {
        together.clear();
        queue.lock();
        try {
            if (writing.hasPending()) {
                running = false;
                queue.pause();
                return null;
            }
            if (here && !queue.isEmpty() && isEnough()) {
                queue.pause();
                passesOn = true; // and is still running, as another thread
                return null;
            }
            OfferedMessage message = queue.next();
            running = message != null;
            if (running) {
                count(message.length());
                takeMore(message);
            }
            return message;
        } finally {
            queue.unlock();
        }
    }

    private void takeMore(OfferedMessage first) {
        if (queue.isEmpty() || first.length() > MAX_BYTES_OF_ONE) {
            return;
        }
        EncodedMessage encoded = first.encoded();
        int left = encoded == null ? -1 : MAX_BYTES_TOGETHER - first.length();
        EncodedMessage more;
        while (together.size() < MAX_MESSAGES_HERE
                && (more = queue.nextWithOthers(Math.min(left, MAX_BYTES_OF_ONE))) != null) {
            if (together.isEmpty()) {
                together.add(encoded);
            }
            together.add(more);
            left -= more.length();
            count(more.length());
        }
    }

    private void count(int length) {
        messagesHere++;
        bytesHere += length;
    }

    private boolean isEnough() {
        return messagesHere >= MAX_MESSAGES_HERE || bytesHere >= MAX_BYTES_HERE;
    }

    /** Has another thread go on. Cuts the connection off if there is none. */
    private void startWriter() {
        try {
            start("", this::writeAll);
        } catch (OutOfMemoryError e) { // also if there is no thread; a caller that broadcasts must go on
            noThread(e);
        }
    }

    /** Cuts the connection off. Call this without the queue's lock, because close listeners run. */
    void noThread(OutOfMemoryError e) {
        fail(e);
        connection.abort();
        LOGGER.log(
                Level.ERROR,
                "no memory or no thread for the outbox of connection " + connection.name()
                        + "; the connection is cut off",
                e);
    }

    private void fail(Throwable why) {
        queue.lock();
        try {
            running = false;
        } finally {
            queue.unlock();
        }
        queue.end(why);
    }

    @Override
    public void end(IOException why) {
        queue.end(why);
    }
}
