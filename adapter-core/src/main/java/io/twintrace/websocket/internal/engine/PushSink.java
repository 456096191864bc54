package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.PendingWritesException;
import io.twintrace.websocket.internal.frame.Opcode;
import io.twintrace.websocket.internal.io.BufferPool;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.PushTransport;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;

/**
 * Writes to a transport without waiting for it. Inside a {@link WriteBatch} small frames are put aside and leave together,
 * and soon even if a call takes long. What the peer does not take is kept in a backlog, which the transport writes by itself; threads outside of a turn,
 * which may wait, wait until it is empty. Under the frame lock of {@link FrameWriter} but for what says otherwise.
 */
final class PushSink implements FrameSink {
    private final PushTransport transport;
    private final long limit;
    private final long writeTimeoutNanos;
    private final long coalescingNanos;
    private final ByteBuffer[] one = new ByteBuffer[1];

    private FrameWriter output;
    private ListenerLoop reading;

    private final SmallFrames batch;

    /** The turn that will send the batch, whose first frames may be of others that will too; null while it is empty. */
    private WriteBatch flushedBy;

    /** Null until a call that may take long has put something aside. */
    private LateFlush lateFlush;

    /** Null while there is none; written under the lock. */
    private volatile PendingWrites backlog;

    /** When the latest backlog ended, on the time line of {@link System#nanoTime()}. Any thread. */
    private volatile long backlogEnd = System.nanoTime();

    private volatile IOException failure;

    /**
     * @param limit how many bytes may wait before no more frames are taken from within turns
     * @param coalescingNanos how long frames stay put aside in a turn that may take long
     */
    PushSink(PushTransport transport, BufferPool pool, long limit, long writeTimeoutNanos, long coalescingNanos) {
        this.writeTimeoutNanos = writeTimeoutNanos;
        this.coalescingNanos = coalescingNanos;
        this.transport = transport;
        this.batch = new SmallFrames(pool);
        this.limit = limit;
    }

    /** Sets whose lock guards this, and who reads. Call once, before anything is written. */
    void belongsTo(FrameWriter frameOutput, ListenerLoop listeningHalf) {
        output = frameOutput;
        reading = listeningHalf;
    }

    /** Whether something waits for the peer. Any thread. */
    boolean isBacklogged() {
        return backlog != null;
    }

    /** When there was a backlog last, or this was made; on the time line of {@link System#nanoTime()}. Any thread. */
    long backlogEnd() {
        return backlogEnd;
    }

    /** Until when the peer has to take something of the backlog. Any thread. */
    long deadline() {
        PendingWrites waiting = backlog;
        return waiting == null ? Deadlines.NONE : waiting.deadline();
    }

    @Override
    public void admit() throws PendingWritesException {
        PendingWrites waiting = backlog;
        long size = waiting == null ? 0 : waiting.size();
        if (size >= limit && WriteBatch.current() != null) {
            throw new PendingWritesException(size, limit);
        }
    }

    @Override
    public ByteBuffer room(Opcode opcode, long length) {
        if (backlog != null) {
            return null;
        }
        WriteBatch turn = WriteBatch.current();
        if (turn == null) {
            return null;
        }
        ByteBuffer room = batch.room(length);
        if (room != null && turn != flushedBy) {
            turn.add(output); // first: should the stack overflow in there, the next frame tries again
            flushedBy = turn;
            if (turn.mayBlock()) {
                askForLateFlush();
            }
        }
        return room;
    }

    /** Turns that may not block are short by themselves, and need no timer. */
    private void askForLateFlush() {
        if (lateFlush == null) {
            lateFlush = new LateFlush(output, coalescingNanos);
        }
        boolean unused = lateFlush.ask(); // without a thread for it, the end of the turn still sends the frames
    }

    @Override
    public void added() {
        batch.add();
    }

    @Override
    public void write(ByteBuffer[] buffers, long writeBy) throws IOException {
        if (backlog != null) {
            backlog.add(buffers);
        } else if (batch.isEmpty()) {
            writeNow(buffers, writeBy);
        } else {
            writeBehindBatch(buffers, writeBy);
        }
    }

    private void writeBehindBatch(ByteBuffer[] buffers, long writeBy) throws IOException {
        ByteBuffer[] all = new ByteBuffer[buffers.length + 1];
        System.arraycopy(buffers, 0, all, 1, buffers.length);
        try {
            all[0] = batch.leaving();
            writeNow(all, writeBy);
        } finally {
            releaseBatch();
        }
    }

    @Override
    public boolean isFlushed() {
        return batch.isEmpty();
    }

    @Override
    public void flush(long writeBy) throws IOException {
        if (!batch.isEmpty()) {
            try {
                one[0] = batch.leaving();
                writeNow(one, writeBy);
            } finally {
                one[0] = null;
                releaseBatch();
            }
        }
    }

    @Override
    public boolean tryFlush() throws IOException {
        flush(timeoutFromNow());
        return true; // the transport writes the rest by itself
    }

    @Override
    public boolean flushesByItself() {
        return true; // the turn does at its end
    }

    private void releaseBatch() {
        flushedBy = null;
        batch.release();
    }

    private void writeNow(ByteBuffer[] buffers, long writeBy) throws IOException {
        if (tryWrite(buffers)) {
            return;
        }
        PendingWrites rest = new PendingWrites();
        rest.add(buffers);
        ByteBuffer first = rest.next();
        if (!startAll(first != null ? first : ByteBuffer.allocate(0), rest)) {
            rest.deadline(writeBy);
            backlog = rest; // only now, so that whoever sees a backlog will be told of its end
            reading.deadlineHasMoved();
        }
    }

    /** Has the transport write one piece of the backlog after another; false when it goes on by itself. */
    private boolean startAll(ByteBuffer first, PendingWrites rest) throws IOException {
        for (ByteBuffer next = first; next != null; next = rest.next()) {
            if (!transport.startWrite(next)) {
                return false;
            }
        }
        return true;
    }

    private void writeBacklog(PendingWrites rest) throws IOException {
        if (startAll(rest.next(), rest)) {
            backlogEnd = System.nanoTime(); // first, so that nobody sees neither
            backlog = null;
            rest.written();
        } else {
            rest.deadline(timeoutFromNow());
            reading.deadlineHasMoved(); // the first piece may have had a later one
        }
    }

    private long timeoutFromNow() {
        return writeTimeoutNanos == 0 ? Deadlines.NONE : Deadlines.afterNanos(writeTimeoutNanos);
    }

    /** A large heap buffer in pieces, for the reason that {@link BlockingSink#MOST_COPIED} gives. */
    private boolean tryWrite(ByteBuffer[] buffers) throws IOException {
        ByteBuffer payload = buffers[buffers.length - 1];
        if (payload.isDirect() || payload.remaining() <= BlockingSink.MOST_COPIED) {
            return transport.tryWrite(buffers);
        }
        int end = payload.limit();
        try {
            payload.limit(payload.position() + BlockingSink.MOST_COPIED);
            boolean all = transport.tryWrite(buffers);
            ByteBuffer[] rest = {payload};
            while (all && payload.position() < end) {
                payload.limit(Math.min(end, payload.position() + BlockingSink.MOST_COPIED));
                all = transport.tryWrite(rest);
            }
            return all && payload.position() == end;
        } finally {
            payload.limit(end);
        }
    }

    @Override
    public void writtenByTransport(IOException cause) throws IOException {
        if (cause != null) {
            throw cause;
        }
        writeBacklog(backlog);
    }

    @Override
    public void whenWritten(Runnable action) {
        if (backlog == null) {
            action.run();
        } else {
            backlog.whenWritten(action);
        }
    }

    @Override
    public void awaitWritten(long until) throws IOException {
        PendingWrites waiting = backlog;
        if (WriteBatch.current() != null) {
            return;
        }
        try {
            if (waiting != null && !waiting.awaitEnd(until)) {
                throw new SocketTimeoutException("timed out waiting for the peer to read");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the peer to read");
        }
        if (failure != null) {
            throw new IOException("writing to the peer failed", failure);
        }
    }

    @Override
    public boolean isWaitless() {
        return WriteBatch.current() != null && !isBacklogged();
    }

    @Override
    public void closingHasBegun() {
        reading.deadlineHasMoved();
    }

    @Override
    public void closingHasEnded() {
        reading.signalLater();
    }

    @Override
    public void broken(IOException why) {
        boolean first = failure == null;
        failure = why;
        releaseBatch();
        if (backlog != null) {
            backlog.abandon();
            backlog = null;
        }
        if (first) {
            reading.signalElsewhere();
        }
    }
}
