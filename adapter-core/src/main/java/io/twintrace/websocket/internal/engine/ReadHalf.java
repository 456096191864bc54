package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageReader;
import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.engine.FrameReader.Next;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.Transport;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The reading half as the connection sees it: one thread at a time, and what happens when reading ends, which it does
 * only once.
 */
final class ReadHalf implements Reading {
    /** A loop that does not look at what read methods return or throw would spin for ever. */
    private static final int MOST_READS_AFTER_END = 1000;

    private final String connection;
    private final ByteSource source;
    private final FrameReader frames;
    private final MessageInput input;
    private final FrameWriter output;
    private final CloseHandshake closing;
    private final TransportCloser closer;
    private final ReentrantLock readLock = new ReentrantLock();

    /** Whether the transport is closed, so that no buffer may be kept. */
    private volatile boolean released;

    /**
     * The number of the thread that has read last, which a reference would keep once it has ended; written under the
     * lock, looked at by writers, who need not be sure.
     */
    private long reader;

    // Guarded by readLock.
    private boolean ended;
    private IOException failure;
    private int readsAfterEnd;

    ReadHalf(
            String connection,
            Transport transport,
            Optional<DeflateParameters> deflate,
            Shared shared,
            FrameWriter output,
            CloseHandshake closing,
            TransportCloser closer,
            ByteCounter traffic) {
        this.connection = connection;
        this.output = output;
        this.closing = closing;
        this.closer = closer;
        this.source = new ByteSource(
                transport,
                shared.pools().read(),
                closing,
                output,
                Deadlines.nanos(shared.options().idleTimeout()));
        this.input = new MessageInput(source, output, closing, traffic, deflate, shared);
        this.frames = input.frames();
    }

    /** Moves the application's deadline. For any thread. */
    @Override
    public void readDeadline(long deadline) {
        source.readDeadline(deadline);
    }

    /** From the next frame on. For any thread. */
    @Override
    public void readLimit(long bytes) {
        input.readLimit(bytes);
    }

    /** Where the handlers of control frames are set. For any thread. */
    @Override
    public FrameReader frames() {
        return frames;
    }

    /** Waits for the next message. */
    Message readMessage() throws IOException {
        lock();
        try {
            // Without a method in between: a thread that waits keeps the calls it is in.
            return mayRead() && hasBegun(input.next()) ? new Message(input.type(), readAll()) : null;
        } catch (IOException e) {
            throw failed(e);
        } catch (VirtualMachineError e) {
            throw lost(e);
        } finally {
            unlock();
        }
    }

    private byte[] readAll() throws IOException {
        MessageCollector collector = new MessageCollector(input);
        boolean all = collector.collect();
        assert all : "bytes that are missing are waited for";
        return collector.toArray();
    }

    /** Waits for the next message, to be read in pieces. */
    MessageReader nextReader() throws IOException {
        lock();
        try {
            return mayRead() && hasBegun(input.next()) ? input.newReader(this) : null;
        } catch (IOException e) {
            throw failed(e);
        } catch (VirtualMachineError e) {
            throw lost(e);
        } finally {
            unlock();
        }
    }

    /** Reads a piece of the reader's message. */
    int read(MessageInputStream reader, byte[] into, int offset, int most) throws IOException {
        lock();
        try {
            if (input.isDropped(reader)) {
                throw new IOException(
                        "connection " + connection + " was closed by this side before the message was read to its end");
            }
            if (!input.isCurrent(reader)) {
                throw new IllegalStateException(
                        "this MessageReader is stale: another message of connection " + connection + " was begun");
            }
            checkNotEnded();
            return input.read(into, offset, most);
        } catch (IOException e) {
            throw failed(e);
        } catch (VirtualMachineError e) {
            throw lost(e);
        } finally {
            unlock();
        }
    }

    /**
     * Waits until the peer has closed, or nothing more will come; what comes until then is dropped if nobody reads.
     *
     * @return false when the close timeout came first
     */
    @Override
    public boolean awaitClose() throws InterruptedException {
        if (closing.hasReadingEnded()) {
            return true;
        }
        // Another thread that is reading will see the Close frame; where it stops reading first, this one goes on.
        if (!readLock.tryLock(Deadlines.remaining(closing.deadline()), TimeUnit.NANOSECONDS)) {
            return false;
        }
        try {
            if (!ended && failure == null) {
                input.readToClose();
                end();
            }
            return true;
        } catch (IOException e) {
            failed(e);
            return closing.received() != null;
        } finally {
            unlock();
        }
    }

    String connection() {
        return connection;
    }

    /** Grows with everything that is read. Any thread, to which it may come a little late. */
    long progress() {
        return input.progress();
    }

    /** Whether a thread is reading, or nobody needs to any more. Any thread. */
    boolean isAttended() {
        return readLock.isLocked() || closing.hasReadingEnded() || closing.requested() != null;
    }

    /** Whether the calling thread is the one that reads, and has more input to come back to already. */
    boolean isBackSoon() {
        return Thread.currentThread().getId() == reader && source.isMoreReadSoon();
    }

    /** Takes note that it was not, which holds until input is waited for again. Any thread. */
    void wasNotBackSoon() {
        source.readerIsSlow();
    }

    @Override
    public boolean endsByItself() {
        return false;
    }

    /** Gives back what is held, once the transport is closed. */
    @Override
    public void release() {
        released = true;
        if (readLock.tryLock()) { // else the thread that is reading does it on its way out
            unlock();
        }
    }

    /** Looks again after unlocking, so that a release in between is not left undone. */
    private void unlock() {
        boolean innermost = readLock.getHoldCount() == 1;
        readLock.unlock();
        if (released && innermost && readLock.tryLock()) {
            try {
                releaseHeld();
            } finally {
                readLock.unlock();
            }
        }
    }

    private void releaseHeld() {
        try {
            source.release();
        } finally {
            input.release();
        }
    }

    /** False when the peer has closed. */
    private boolean mayRead() throws IOException {
        checkNotEnded();
        return !ended;
    }

    /** Whether a message has begun; the other case is the end. */
    private boolean hasBegun(Next next) {
        if (next == Next.END) {
            end();
        }
        return next == Next.FRAME;
    }

    private void lock() {
        if (readLock.isHeldByCurrentThread()) {
            throw new IllegalStateException("a handler that runs inside a read of connection " + connection
                    + " must not read from it: the message would be torn");
        }
        if (readLock.tryLock()) {
            reader = Thread.currentThread().getId();
            return;
        }
        if (!closing.isDecided() && !released) {
            throw new IllegalStateException(
                    "another thread is reading from connection " + connection + ": only one at a time may read");
        }
        readLock.lock(); // held by the thread that closes the connection, within the close timeout, or cuts it
    }

    private void checkNotEnded() throws IOException {
        if (!ended && failure == null) {
            return;
        }
        if (++readsAfterEnd >= MOST_READS_AFTER_END) {
            throw new IllegalStateException("connection " + connection + " has ended, and was read "
                    + MOST_READS_AFTER_END + " times since: the reading loop must stop at null and at an IOException");
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void end() {
        ended = true;
        noteLastWord();
        releaseHeld();
        closing.readingEnded();
    }

    private void noteLastWord() {
        if (closing.received() != null && source.isDrained()) {
            closing.receivedLast();
        }
    }

    /** Errors are permanent: the stream is at an unknown place, or at its end. */
    private IOException failed(IOException e) {
        if (failure != null) {
            return failure;
        }
        failure = translated(e);
        noteLastWord();
        releaseHeld();
        CloseStatus close = ReadingFailures.closeFor(e);
        if (close != null) {
            output.requestClose(close.payload());
        }
        if (e instanceof ProtocolException) {
            closeTransport();
        }
        closing.readingEnded();
        return failure;
    }

    /**
     * For want of memory a step may have been left half done. Whatever came next could be taken for something else,
     * such as payload for frames, so nothing is read any more.
     */
    private VirtualMachineError lost(VirtualMachineError e) {
        if (failure == null) {
            failure = new IOException("connection " + connection + " cannot be read any further after an error", e);
            releaseHeld();
            output.requestClose(new CloseStatus(CloseCode.INTERNAL_ERROR, ReadingFailures.BROKEN).payload());
            closing.readingEnded();
        }
        return e;
    }

    /** Once the Close frame is out, which may have to go behind a frame in flight; at the close timeout without it. */
    private void closeTransport() {
        boolean told = false;
        try {
            told = closing.awaitWritingEnded();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (told) {
            closer.lingerAndClose();
        } else {
            closer.abort();
        }
    }

    private IOException translated(IOException e) {
        IOException broken = output.broken();
        if (e instanceof EOFException) {
            return CloseExceptions.abnormal(broken);
        }
        if (e instanceof ClosedChannelException) {
            return new IOException(
                    "connection " + connection + " was closed by this side: aborted, or the close timeout passed",
                    broken);
        }
        if (broken != null && broken != e && !(e instanceof ProtocolException)) {
            e.addSuppressed(broken); // why the transport was closed under this reader
        }
        return e;
    }
}
