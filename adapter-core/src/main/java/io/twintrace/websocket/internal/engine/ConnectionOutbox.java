package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.Outbox;
import io.twintrace.websocket.OutboxOptions;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.WhenFull;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.StackProbe;
import io.twintrace.websocket.internal.json.Json;
import io.twintrace.websocket.internal.write.GuardedWriter;
import io.twintrace.websocket.internal.write.OutgoingText;
import io.twintrace.websocket.internal.write.WriteBatch;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** The outbox of one connection: takes messages within its limits, and leaves them to an {@link OutboxWriter}. */
final class ConnectionOutbox implements Outbox {
    private final WebSocketConnection connection;
    private final GuardedWriter writing;
    private final WebSocketOptions connectionOptions;
    private final OutboxOptions options;
    private final Consumer<CloseStatus> closeSlowPeer;
    private final OutboxQueue queue;
    private final OutboxWriter writer;

    /** @param closeSlowPeer begins to close the connection, because the outbox is full */
    ConnectionOutbox(
            WebSocketConnection connection,
            GuardedWriter writing,
            WebSocketOptions connectionOptions,
            Consumer<CloseStatus> closeSlowPeer) {
        this.connection = connection;
        this.writing = writing;
        this.connectionOptions = connectionOptions;
        this.options = connectionOptions.outbox();
        this.closeSlowPeer = closeSlowPeer;
        this.queue = new OutboxQueue(options);
        this.writer = new OutboxWriter(connection, writing, queue);
    }

    /** Begins to go on with what waits when the peer has read. Call this once, before the first offer. */
    void attach() {
        writing.waiting(writer);
        writer.goOn(true); // another thread may have offered before this, and waited since
    }

    // ---- Offers ---------------------------------------------------------------------------------------------------

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
    public boolean offer(PreparedMessage message, Object key) {
        return offer(new ReplaceableMessage(Objects.requireNonNull(key, "key"), OfferedMessage.prepared(message)));
    }

    @Override
    public boolean offerJson(Object value) {
        return offer(Json.encode(connectionOptions, value));
    }

    @Override
    public boolean claim() {
        if (!connection.isOpen()) {
            return false;
        }
        StackProbe.probe();
        try {
            return writer.declareOnce();
        } catch (IOException e) {
            return false; // the connection has just ended
        }
    }

    @Override
    public int offerAll(List<PreparedMessage> all) {
        if (!connection.isOpen()) {
            return 0;
        }
        List<PreparedMessage> messages = List.copyOf(all); // the caller may change its own meanwhile
        for (PreparedMessage each : messages) {
            checkLength(each.length());
        }
        int accepted = messages.size() > 1 ? offerWithoutWaiting(messages) : 0;
        while (accepted < messages.size() && offer(messages.get(accepted))) {
            accepted++;
        }
        return accepted;
    }

    /** Offers messages as long as there is room. Returns how many have found room. */
    private int offerWithoutWaiting(List<PreparedMessage> messages) {
        if (!isDeclared()) {
            return 0;
        }
        int accepted = 0;
        boolean here = false;
        OutOfMemoryError noThread = null;
        queue.lock();
        try {
            while (accepted < messages.size()
                    && !queue.isOver()
                    && queue.hasRoom(messages.get(accepted).length())) {
                here |= writer.add(OfferedMessage.prepared(messages.get(accepted)));
                accepted++;
            }
        } catch (OutOfMemoryError e) {
            noThread = e;
        } finally {
            queue.unlock();
        }
        if (noThread != null) {
            writer.noThread(noThread);
        } else if (here) {
            writer.write();
        }
        return accepted;
    }

    /** Makes sure that the detector knows of the outbox. Returns false if the connection has just ended. */
    private boolean isDeclared() {
        if (WriteBatch.catchUp()) { // else the batch was begun where there was stack
            StackProbe.probe(); // a thread whose stack overflows further down would leave the outbox without a writer
        }
        try {
            boolean unused = writer.declareOnce();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void checkLength(int length) {
        if (length > options.maxBytes()) {
            throw new IllegalArgumentException("message of " + length
                    + " bytes is larger than the outbox, which holds " + options.maxBytes()
                    + "; raise maxBytes in its options");
        }
    }

    private boolean offer(OfferedMessage message) {
        if (!connection.isOpen()) {
            return false;
        }
        checkLength(message.length());
        if (!isDeclared()) {
            return false;
        }
        boolean accept = false;
        boolean here = false;
        boolean interrupted = false;
        OutOfMemoryError noThread = null;
        queue.lock();
        try {
            if (message instanceof ReplaceableMessage newer && !queue.isOver() && queue.replace(newer)) {
                return true;
            }
            if (makeRoom(message.length())) {
                here = writer.add(message);
                accept = true;
            }
        } catch (OutOfMemoryError e) {
            noThread = e;
        } catch (InterruptedException e) {
            interrupted = true;
            Thread.currentThread().interrupt();
        } finally {
            queue.unlock();
        }
        if (here) {
            writer.write();
        } else if (noThread != null) {
            writer.noThread(noThread);
        } else if (!accept && !interrupted) { // else the peer has had no time to be slow
            closeIfTooSlow();
        }
        return accept;
    }

    /** Makes room for a message as the options say. Returns whether there is room now. */
    private boolean makeRoom(int length) throws InterruptedException {
        if (queue.hasRoom(length)) {
            return !queue.isOver(); // the usual case, for which no clock is read
        }
        long deadline = Deadlines.afterNanos(!WriteBatch.mayWait() ? 0 : Deadlines.nanos(patience()));
        while (!queue.isOver() && !queue.hasRoom(length)) {
            if (options.whenFull() instanceof WhenFull.DropOldest) {
                queue.dropOldest();
            } else if (!queue.await(deadline) && !queue.hasRoom(length)) {
                return false;
            }
        }
        return !queue.isOver();
    }

    private Duration patience() {
        if (options.whenFull() instanceof WhenFull.Block block) {
            return block.longest();
        }
        return options.whenFull() instanceof WhenFull.ClosePeer closing ? closing.patience() : Duration.ZERO;
    }

    private void closeIfTooSlow() {
        if (options.whenFull() instanceof WhenFull.ClosePeer closing) {
            boolean first;
            queue.lock();
            try {
                first = !queue.isOver();
                if (first) {
                    queue.end(new IOException("the peer read too slowly"));
                }
            } finally {
                queue.unlock();
            }
            if (first) {
                closeSlowPeer.accept(new CloseStatus(closing.code(), "too slow"));
            }
        }
    }

    // ---- State ----------------------------------------------------------------------------------------------------

    @Override
    public int waiting() {
        return queue.count();
    }

    @Override
    public long waitingBytes() {
        return queue.bytes();
    }

    @Override
    public long dropped() {
        return queue.dropped();
    }

    // ---- Waiting and closing --------------------------------------------------------------------------------------

    @Override
    public boolean flush(Duration timeout) throws IOException {
        boolean unused = WriteBatch.catchUp();
        long deadline = Deadlines.afterNanos(!WriteBatch.mayWait() ? 0 : Deadlines.nanos(timeout));
        if (!awaitTaken(deadline)) {
            return false;
        }
        // In a listener's call nothing waits, so this only checks whether the operating system has everything.
        return !WriteBatch.mayWait() ? writing.flushNow() : writing.awaitWritten(deadline);
    }

    private boolean awaitTaken(long deadline) throws IOException {
        queue.lock();
        try {
            long until = queue.accepted();
            while (!queue.hasLost() && !queue.areGone(until)) {
                if (!queue.await(deadline)) {
                    return false;
                }
            }
            if (queue.hasLost()) {
                throw new IOException(
                        "connection " + connection.name() + " ended before all messages were written", queue.ended());
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for messages to be written");
        } finally {
            queue.unlock();
        }
    }

    @Override
    public void close() {
        boolean unused = WriteBatch.catchUp();
        queue.close();
        queue.lock();
        try {
            long deadline =
                    !WriteBatch.mayWait() ? System.nanoTime() : Deadlines.after(connectionOptions.closeTimeout());
            while (!isDone() && connection.isOpen() && queue.await(deadline)) {}
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            queue.unlock();
        }
    }

    private boolean isDone() {
        return queue.areGone(queue.accepted()) || queue.ended() != null;
    }

    /**
     * Stops accepting messages like {@link #close()}, but neither waits nor needs a thread.
     *
     * @param then runs once the accepted messages are written, maybe at once; must not wait; not run if the connection
     *     ends before
     */
    void closeThen(Runnable then) {
        queue.whenGone(then);
        queue.close();
        queue.runIfGone();
    }

    /**
     * Closes like {@link #close()}, but does not wait. If necessary, another thread waits.
     *
     * @param then runs once everything is written
     */
    void closeElsewhere(Runnable then) {
        queue.close();
        boolean done;
        queue.lock();
        try {
            done = isDone();
        } finally {
            queue.unlock();
        }
        if (done) {
            then.run();
            return;
        }
        writer.start("close-", () -> {
            close();
            then.run();
        });
    }
}
