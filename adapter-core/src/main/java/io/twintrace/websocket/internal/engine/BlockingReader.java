package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageReader;
import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.io.ByteCounter;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.Transport;
import io.twintrace.websocket.internal.read.Next;
import io.twintrace.websocket.internal.write.CloseHandshake;
import io.twintrace.websocket.internal.write.ControlFrameWriter;
import io.twintrace.websocket.internal.write.FrameWriter;
import io.twintrace.websocket.internal.write.WriteThreads;
import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reads messages for a handler. One thread at a time may read. Once reading has ended, it stays ended.
 */
final class BlockingReader extends BlockingInput implements MessageInputStream.Source {
    /** After how many reads one call of {@link #dropToCloseNow} stops, however little they bring. */
    private static final int MAX_FILLS = 16;

    /** After how many bytes it stops. */
    private static final int MAX_DROPPED = 256 * 1024;

    private final ConnectionId connection;
    private final CloseHandshake closing;
    private final HandlerReadingEnd end;
    private final ReentrantLock readLock = new ReentrantLock();

    /** Whether the transport is closed, so that no buffer may be kept. */
    private volatile boolean released;

    // Guarded by readLock.
    private MessageInputStream current;

    /**
     * The reader of a message that was dropped unfinished when this side closed. It must fail, because the message must
     * not look complete.
     */
    private MessageInputStream dropped;

    BlockingReader(
            ConnectionId connection,
            Transport transport,
            Optional<DeflateParameters> deflate,
            Shared shared,
            FrameWriter frames,
            ControlFrameWriter controlFrames,
            CloseHandshake closing,
            ByteCounter counter) {
        super(transport, deflate, shared, frames, controlFrames, closing, counter);
        this.connection = connection;
        this.closing = closing;
        this.end = new HandlerReadingEnd(connection, this, frames, control(), closing);
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
            releaseMessage();
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
            releaseIfEmpty();
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

    // ---- The end --------------------------------------------------------------------------------------------------

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
            control().dropping(Runnable::run);
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
        } catch (VirtualMachineError e) {
            throw end.lost(e);
        } finally {
            control().dropping(null);
            unlock();
        }
    }

    @Override
    public boolean dropToCloseNow() {
        if (closing.hasReadingEnded() || closing.requested() == null || !readLock.tryLock()) {
            return true; // a thread that reads looks at the deadline itself
        }
        try {
            control().dropping(WriteThreads::startForApplication);
            if (!end.isReached()) {
                dropArrived();
            }
            return closing.hasReadingEnded() || Deadlines.remaining(closing.deadline()) > 0;
        } catch (IOException e) {
            end.failedNow(e);
            return closing.received() != null;
        } finally {
            control().dropping(null);
            releaseIfEmpty();
            unlock();
        }
    }

    /** Leaves the rest for another time if the peer sends as fast as this reads. */
    private void dropArrived() throws IOException {
        if (!messages.isComplete()) {
            dropped = current;
        }
        boolean closed = messages.dropToClose();
        for (int fills = 0, bytes = 0; !closed && fills < MAX_FILLS && bytes < MAX_DROPPED; fills++) {
            int n = messages.fill();
            if (n < 0) {
                throw new EOFException("connection ended without a Close frame");
            }
            if (n == 0) {
                messages.keepBeginning();
                return;
            }
            bytes += n;
            closed = messages.dropToClose();
        }
        if (closed) {
            end.inOrder();
        }
    }

    String connection() {
        return connection.toString();
    }

    /** Returns whether a thread is reading, or no thread needs to read any more. Any thread may call this. */
    boolean isAttended() {
        return readLock.isLocked() || closing.hasReadingEnded() || closing.requested() != null;
    }

    @Override
    public boolean endsByItself() {
        return false;
    }

    // ---- The lock -------------------------------------------------------------------------------------------------

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
                endMessages();
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
            readsOnThisThread();
            return;
        }
        if (!closing.isDecided() && !released) {
            throw new IllegalStateException(
                    "another thread is reading from connection " + connection + ": only one at a time may read");
        }
        readLock.lock(); // held by a thread that closes the connection, within the close timeout, or that aborts it
    }
}
