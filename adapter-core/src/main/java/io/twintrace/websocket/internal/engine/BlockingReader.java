package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageReader;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.io.ByteCounter;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.Transport;
import io.twintrace.websocket.internal.read.IncomingMessages;
import io.twintrace.websocket.internal.read.Next;
import io.twintrace.websocket.internal.write.CloseHandshake;
import io.twintrace.websocket.internal.write.ControlFrameWriter;
import io.twintrace.websocket.internal.write.FrameWriter;
import io.twintrace.websocket.internal.write.OfferBatch;
import io.twintrace.websocket.internal.write.PendingStatus;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reads for a handler, and waits for data that has not arrived. One thread at a time may read. Once reading has ended,
 * it stays ended.
 */
final class BlockingReader extends ConnectionSource implements Reading, MessageInputStream.Source, OfferBatch.Reader {
    /** The most that one call of {@link #dropToCloseNow} reads, in buffers. */
    private static final int MAX_DROPPED_FILLS = 16;

    private final String connection;
    private final ControlFrameHandlers control;
    private final IncomingMessages messages;
    private final long patienceNanos;
    private final ConnectionDeadlines deadlines;
    private final FrameWriter frames;
    private final CloseHandshake closing;
    private final HandlerReadingEnd end;
    private final ReentrantLock readLock = new ReentrantLock();

    /** Whether the transport is closed, so that no buffer may be kept. */
    private volatile boolean released;

    /**
     * The number of the thread that read last. A reference would keep the thread in memory after its end. Written under
     * the lock. Writers read it without the lock, and need not be certain.
     */
    private long reader;

    /** Whether the reader left frames put aside for too long since it last waited for input. */
    private volatile boolean isSlow;

    // Guarded by readLock.
    private MessageInputStream current;

    /**
     * The reader of a message that was dropped unfinished when this side closed. It must fail, because the message must
     * not look complete.
     */
    private MessageInputStream dropped;

    BlockingReader(
            String connection,
            Transport transport,
            Optional<DeflateParameters> deflate,
            Shared shared,
            FrameWriter frames,
            ControlFrameWriter controlFrames,
            CloseHandshake closing,
            ByteCounter counter) {
        super(transport, shared, counter);
        this.connection = connection;
        this.frames = frames;
        this.closing = closing;
        this.patienceNanos = shared.options().writeCoalescing()
                ? Deadlines.nanos(shared.options().coalescingDelay())
                : 0;
        this.deadlines = new ConnectionDeadlines(closing, PendingStatus.NONE, frames, shared.timeouts(), this);
        this.control = new ControlFrameHandlers(controlFrames, closing, deadlines.keepAlive());
        this.messages = new IncomingMessages(this, deflate, shared.pools().deflate());
        this.end = new HandlerReadingEnd(
                connection,
                messages,
                frames,
                control,
                closing,
                new TransportCloser(transport, shared.pools().read()));
    }

    /** Moves the application's deadline. Any thread may call this. */
    @Override
    public void readDeadline(long deadline) {
        deadlines.read(deadline);
        wake();
    }

    @Override
    public void wake() {
        transport().readDeadline(System.nanoTime()); // wakes the waiting thread, which then checks the new deadline
    }

    @Override
    public ConnectionDeadlines deadlines() {
        return deadlines;
    }

    /** Returns the object that holds the handlers of control frames. Any thread may call this. */
    @Override
    public ControlFrameHandlers control() {
        return control;
    }

    /** Waits for the next message and returns it; null if the peer has closed. */
    Message readMessage() throws IOException {
        lock();
        try {
            if (!begin()) {
                return null;
            }
            byte[] payload;
            while ((payload = messages.takeArray()) == null) {
                await();
            }
            return new Message(messages.type(), payload);
        } catch (IOException e) {
            throw end.failed(e);
        } catch (VirtualMachineError e) {
            throw end.lost(e);
        } finally {
            messages.release();
            messages.releaseIfEmpty();
            unlock();
        }
    }

    /** Waits for the next message and returns a reader for it; null if the peer has closed. */
    MessageReader nextReader() throws IOException {
        lock();
        try {
            if (!begin()) {
                return null;
            }
            current = new MessageInputStream(this, messages.type());
            return current;
        } catch (IOException e) {
            throw end.failed(e);
        } catch (VirtualMachineError e) {
            throw end.lost(e);
        } finally {
            messages.releaseIfEmpty();
            unlock();
        }
    }

    /** Waits until a message begins. Returns false if the peer has closed. */
    private boolean begin() throws IOException {
        end.check();
        current = null;
        if (end.isInOrder()) {
            return false;
        }
        deadlines.comeBack();
        Next next;
        while ((next = messages.next()) == Next.NOTHING_NOW) {
            await(); // not called deeper, because a waiting thread keeps its stack in memory
        }
        if (next == Next.END) {
            end.inOrder();
        }
        return next == Next.BEGUN;
    }

    /** Reads a piece of the reader's message. */
    @Override
    public int read(MessageInputStream reader, byte[] into, int offset, int most) throws IOException {
        lock();
        try {
            if (dropped == reader) {
                throw new IOException(
                        "connection " + connection + " was closed by this side before the message was read to its end");
            }
            if (current != reader) {
                throw new IllegalStateException(
                        "this MessageReader is stale: another message of connection " + connection + " was begun");
            }
            end.check();
            deadlines.comeBack();
            int n;
            while ((n = messages.read(into, offset, most)) == 0) {
                await();
            }
            deadlines.leave();
            return n;
        } catch (IOException e) {
            throw end.failed(e);
        } catch (VirtualMachineError e) {
            throw end.lost(e);
        } finally {
            unlock();
        }
    }

    // ---- Waiting --------------------------------------------------------------------------------------------------

    /** Reads more input, and waits until there is some. */
    private void await() throws IOException {
        frames.flush(); // the frames that were put aside until now
        OfferBatch.flushBeforeReading(this); // those of other connections as well
        if (isSlow) {
            isSlow = false;
        }
        deadlines.checkReader(); // also here, because this never waits for a peer that never stops sending
        int n;
        boolean waited = false;
        boolean timedOut = false;
        while ((n = messages.fill()) == 0) {
            if (messages.assembleBeginning()) {
                return; // the caller then takes what has arrived
            }
            messages.keepBeginning();
            deadlines.frameMayBeIncomplete(messages.isInsideFrame(), counter().framesBegun());
            if (timedOut) {
                deadlines.checkIdle();
            }
            timedOut = !awaitInput();
            waited = true;
        }
        if (n < 0) {
            if (messages.assembleBeginning()) {
                return; // what has arrived may be wrong, which is the better reason to end
            }
            throw new EOFException("connection ended without a Close frame");
        }
        long unused = deadlines.arrived(waited);
    }

    /** Waits for input. May return early. Returns false at a deadline, or to have the deadlines checked again. */
    private boolean awaitInput() throws IOException {
        try {
            setWakeUp();
            transport().awaitReadable();
            return true;
        } catch (SocketTimeoutException e) {
            deadlines.checkReader();
            return false;
        }
    }

    private void setWakeUp() {
        long set;
        do {
            set = deadlines.set();
            transport().readDeadline(deadlines.next());
            // The line above may have overwritten a deadline that was set meanwhile, so check again.
        } while (deadlines.set() != set);
    }

    /**
     * Waits until the peer has closed or nothing more will come. Drops what arrives until then if no other thread
     * reads. Any thread may call this.
     *
     * @return false if the close timeout came first
     */
    @Override
    public boolean awaitClose() throws InterruptedException {
        if (closing.hasReadingEnded()) {
            return true;
        }
        // Another thread that reads will see the Close frame. If it stops reading earlier, this thread continues.
        if (!readLock.tryLock(Deadlines.remaining(closing.deadline()), TimeUnit.NANOSECONDS)) {
            return false;
        }
        try {
            if (!end.isReached()) {
                if (!messages.isComplete()) {
                    dropped = current;
                }
                deadlines.comeBack();
                while (!messages.dropToClose()) {
                    await();
                }
                end.inOrder();
            }
            return true;
        } catch (IOException e) {
            IOException unused = end.failed(e);
            return closing.received() != null;
        } finally {
            unlock();
        }
    }

    @Override
    public boolean dropToCloseNow() {
        if (closing.hasReadingEnded() || closing.requested() == null || !readLock.tryLock()) {
            return true; // a thread that reads looks at the deadline itself
        }
        try {
            if (!end.isReached()) {
                dropArrived();
            }
            return closing.hasReadingEnded() || Deadlines.remaining(closing.deadline()) > 0;
        } catch (IOException e) {
            end.failedNow(e);
            return closing.received() != null;
        } finally {
            messages.releaseIfEmpty();
            unlock();
        }
    }

    /** Leaves the rest for another time if the peer sends as fast as this reads. */
    private void dropArrived() throws IOException {
        if (!messages.isComplete()) {
            dropped = current;
        }
        boolean closed = messages.dropToClose();
        for (int i = 0; !closed && i < MAX_DROPPED_FILLS; i++) {
            int n = messages.fill();
            if (n < 0) {
                throw new EOFException("connection ended without a Close frame");
            }
            if (n == 0) {
                messages.keepBeginning();
                return;
            }
            closed = messages.dropToClose();
        }
        if (closed) {
            end.inOrder();
        }
    }

    String connection() {
        return connection;
    }

    /**
     * Returns a number that grows with everything that is read. Any thread may call this; other threads may see a
     * slightly old value.
     */
    long progress() {
        return counter().framesBegun() + counter().receivedOnWire();
    }

    /** Returns whether a thread is reading, or no thread needs to read any more. Any thread may call this. */
    boolean isAttended() {
        return readLock.isLocked() || closing.hasReadingEnded() || closing.requested() != null;
    }

    /**
     * Returns whether the calling thread is the one that reads, and already has more input to read. Any thread may call
     * this.
     */
    @Override
    public boolean isBackSoon() {
        return Thread.currentThread().getId() == reader && messages.hasMore() && !isSlow;
    }

    @Override
    public long patienceNanos() {
        return patienceNanos;
    }

    /**
     * Notes that the reader did not return soon. This holds until the reader waits for input again. Any thread may call
     * this.
     */
    @Override
    public void wasNotBackSoon() {
        isSlow = true;
    }

    @Override
    public boolean endsByItself() {
        return false;
    }

    /** Gives back everything that is held, once the transport is closed. Any thread may call this. */
    @Override
    public void release() {
        released = true;
        if (readLock.tryLock()) { // otherwise the reading thread does it when it unlocks
            unlock();
        }
    }

    /** Unlocks, and checks afterwards for a release that came meanwhile. */
    private void unlock() {
        boolean innermost = readLock.getHoldCount() == 1;
        readLock.unlock();
        if (released && innermost && readLock.tryLock()) {
            try {
                messages.end();
            } finally {
                readLock.unlock();
            }
        }
    }

    private void lock() {
        if (readLock.isHeldByCurrentThread()) {
            throw new IllegalStateException("a handler that runs inside a read of connection " + connection
                    + " must not read from it: that would damage the message");
        }
        if (readLock.tryLock()) {
            reader = Thread.currentThread().getId();
            return;
        }
        if (!closing.isDecided() && !released) {
            throw new IllegalStateException(
                    "another thread is reading from connection " + connection + ": only one at a time may read");
        }
        readLock.lock(); // held by a thread that closes the connection, within the close timeout, or that aborts it
    }
}
