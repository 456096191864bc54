package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.CloseSentException;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.internal.frame.Opcode;
import io.twintrace.websocket.internal.io.BufferPool;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.Transport;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Writes whole frames (RFC 6455 section 5). Its lock keeps frames whole when a control frame meets a message. It does
 * not keep messages apart, which is the detector's task, one floor up. Any thread may call the methods that do not say
 * otherwise.
 */
public final class FrameWriter extends FrameSender implements WriteBatch.Member {
    private final CloseHandshake closing;

    /** Used inside the detector's guard. Null until the first use. */
    private ByteBuffer[] alone;

    /** When the last frame of a message began. Used inside the detector's guard. */
    private long lastMessageFrame = lastWrite();

    public FrameWriter(Transport transport, BufferPool pool, CloseHandshake closing, WebSocketOptions options) {
        super(transport, pool, closing, options);
        this.closing = closing;
    }

    /** Call this once, before the first write. */
    public void attach(Coalescing coalescing, WriteEvents events) {
        output.attach(coalescing, events);
    }

    // ---- State ----------------------------------------------------------------------------------------------------

    /** Returns when the last frame of a message began, like {@link #lastWrite()}. Only inside the detector's guard. */
    long lastMessageFrame() {
        return lastMessageFrame;
    }

    /** Returns why nothing can be written any more; null while the stream is sound. */
    public IOException broken() {
        return lock.broken();
    }

    /** Throws what any write would throw now. */
    void checkWritable() throws IOException {
        lock.checkSound();
        if (closing.requested() != null) {
            throw new CloseSentException();
        }
    }

    /** Returns whether nothing can be written any more. Any thread may call this. */
    boolean isOver() {
        return lock.broken() != null || closing.requested() != null;
    }

    /** Sets the messages that wait while bytes are pending. Call this once, before the first one waits. */
    void waiting(WaitingMessages messages) {
        output.waiting(messages);
    }

    /** Returns what the peer has not taken yet. */
    public PendingStatus pending() {
        return output;
    }

    /** Returns how many bytes the peer has not taken yet, at most. */
    public long pendingBytes() {
        PendingWrites pending = output.pendingWrites();
        return pending == null ? 0 : pending.untaken();
    }

    /** Returns whether no frame is put aside. Certain only for the thread that puts frames aside. */
    boolean isFlushed() {
        return output.isFlushed();
    }

    // ---- Messages: inside the detector's guard --------------------------------------------------------------------

    /**
     * Checks that a message may begin or go on.
     *
     * @throws io.twintrace.websocket.PendingWritesException if too much is pending and this thread may not wait
     */
    void admit() throws IOException {
        checkWritable(); // first: it tells the reason, if there is one
        output.admit();
    }

    /** Writes one data frame. */
    void writeFrame(boolean fin, boolean rsv1, Opcode opcode, ByteBuffer payload) throws IOException {
        awaitTurn();
        long deadline = Deadlines.NONE;
        PendingWrites pending = null;
        try {
            lock.lock();
            try {
                checkWritable();
                if (!putAside(fin, rsv1, opcode, payload)) {
                    deadline = messageDeadline();
                    send(fin, rsv1, opcode, payload, deadline, true);
                    pending = output.pendingWrites();
                }
                lastMessageFrame = lastWrite();
            } finally {
                lock.unlock();
            }
            finish(pending, deadline);
        } catch (StackOverflowError e) {
            lock.overflowed = true; // without a call, for which there may be no stack left
            lock.closeLater();
            throw e;
        }
    }

    /** Writes one data frame whose header already stands before its payload. */
    void writeEncoded(ByteBuffer encoded) throws IOException {
        if (alone == null) {
            alone = new ByteBuffer[1];
        }
        alone[0] = encoded;
        try {
            writeEncoded(alone);
        } finally {
            alone[0] = null; // an idle connection keeps no payload
        }
    }

    /** Writes data frames whose headers already stand before their payloads. If there are several, they are small. */
    void writeEncoded(ByteBuffer[] encoded) throws IOException {
        awaitTurn();
        long deadline = Deadlines.NONE;
        PendingWrites pending = null;
        try {
            lock.lock();
            try {
                checkWritable();
                int aside = putAside(encoded);
                if (aside < encoded.length) {
                    ByteBuffer[] others = aside == 0 ? encoded : Arrays.copyOfRange(encoded, aside, encoded.length);
                    deadline = messageDeadline();
                    write(others, deadline, true, true);
                    pending = output.pendingWrites();
                }
                lastMessageFrame = lastWrite();
            } finally {
                lock.unlock();
            }
            finish(pending, deadline);
        } catch (StackOverflowError e) {
            lock.overflowed = true;
            lock.closeLater();
            throw e;
        }
    }

    /** Makes a thread that may wait for the peer do so, so that pending bytes do not grow. */
    private void awaitTurn() throws IOException {
        if (output.hasPending()) {
            awaitOrBreak(output.pendingWrites(), messageDeadline());
        }
        lock.checkSound(); // before the lock, which a thread whose stack has overflowed may have kept
    }

    /** Writes on, or waits for the peer, until the frame is out. */
    private void finish(PendingWrites pending, long deadline) throws IOException {
        if (pending != null) {
            while (pending.isPaused() && lock.broken() == null) {
                goOn(Output::continuePaused, true);
            }
            awaitOrBreak(pending, deadline);
        }
        output.events().frameWritten();
    }

    /** If waiting fails, nothing more can be written, and the transport lets go of the caller's buffer. */
    private void awaitOrBreak(PendingWrites pending, long deadline) throws IOException {
        try {
            output.awaitWritten(pending, deadline);
        } catch (Throwable e) { // also if there is no memory
            lock.takeAndBreakOff(e);
            throw e;
        }
    }

    // ---- Flushing and ending --------------------------------------------------------------------------------------

    /** Leaves it to a batch to send the frames that are put aside. */
    public void flushIn(WriteBatch batch) {
        batch.add(this);
    }

    /** Announces what {@link Coalescing#offeredIn} says. */
    void offeredIn(WriteBatch batch) {
        output.coalescing().offeredIn(batch);
    }

    /** Sends the frames that were put aside. A failure shows at the next write. */
    @Override
    public void flush() {
        lock.closeIfOwed();
        if (!output.isFlushed()) {
            lock.change(output, Output::flush);
        }
    }

    /** The same on another thread. */
    void flushElsewhere() {
        WriteThreads.start(this::flush);
    }

    /**
     * Sends the frames that were put aside. Then waits until the operating system has everything, if the calling thread
     * may wait.
     *
     * @return false if the deadline came first
     */
    boolean awaitWritten(long deadline) throws IOException {
        flush();
        try {
            output.awaitWritten(deadline);
            return true;
        } catch (SocketTimeoutException e) {
            lock.checkSound();
            return false;
        }
    }

    /** Goes on after the transport has written what it was given, or has failed to. */
    public void writtenByTransport(IOException failure) {
        noteWrite();
        if (failure != null) {
            lock.takeAndBreakOff(failure);
            return;
        }
        goOn(Output::continueWriting, false);
    }

    private void goOn(FrameLock.Change<Output> how, boolean inWrite) {
        lock.change(output, how);
        if (!output.hasPending()) {
            output.events().nothingIsPending(inWrite);
            WaitingMessages messages = output.waiting();
            if (messages != null) {
                messages.goOn(inWrite);
            }
        }
    }

    @Override
    public void continueElsewhere() {
        WriteThreads.startAtLast(() -> writtenByTransport(null));
    }

    /** Breaks the stream off if the peer has not taken pending bytes in time, or before this side has to be closed. */
    public void timeOutIfLate() {
        lock.change(this, FrameWriter::checkInTime);
    }

    private void checkInTime() throws SocketTimeoutException {
        boolean isLate = Deadlines.remaining(Deadlines.earlier(output.deadline(), closing.deadline())) <= 0;
        if (output.hasPending() && isLate) {
            throw PendingWrites.timeout();
        }
    }

    /** Breaks the stream off if bytes are pending and the peer has taken none of them for so long. */
    public void breakOffIfStuck(long nanos, IOException why) {
        lock.change(output, stuck -> {
            if (stuck.isStuckFor(nanos)) {
                throw why;
            }
        });
    }

    /** Fails all writes from now on. The caller closes the transport. */
    public void giveUp(IOException why) {
        lock.giveUp(why);
    }

    /** Notes that the connection is over, its transport closed. */
    public void end() {
        output.events().connectionEnded();
    }

    // ---- For control frames ---------------------------------------------------------------------------------------

    FrameLock lock() {
        return lock;
    }

    Output output() {
        return output;
    }
}
