package io.twintrace.websocket;

import io.twintrace.websocket.frame.Opcode;
import io.twintrace.websocket.transport.BufferPool;
import io.twintrace.websocket.transport.Deadlines;
import io.twintrace.websocket.transport.PushTransport;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Writes to a transport without waiting for it. Inside a {@link Turn} small frames are put aside and leave together.
 * What the peer does not take is kept in a backlog, which the transport writes by itself; threads outside of a turn,
 * which may wait, wait until it is empty. Under the frame lock of {@link FrameOutput} but for what says otherwise.
 */
final class PushSink implements FrameSink {
    private final PushTransport transport;
    private final long limit;
    private final long writeTimeoutNanos;
    private final ByteBuffer[] one = new ByteBuffer[1];

    private FrameOutput output;
    private ListeningHalf reading;

    private final Batch batch;

    /** The turn that will send the batch, whose first frames may be of others that will too; null while it is empty. */
    private Turn flushedBy;

    /** Null while it is empty. */
    private Backlog backlog;

    /** Done once the backlog is empty; null for nothing. */
    private Runnable whenWritten;

    /** How many bytes are in the backlog, more or less. */
    private volatile long waiting;

    private volatile IOException failure;

    /** Until when the peer has to take the next piece of the backlog; {@link Deadlines#NONE} while it is empty. */
    private volatile long deadline = Deadlines.NONE;

    /** Opens once the backlog is empty; null while it is. */
    private volatile CountDownLatch emptied;

    /** @param limit how many bytes may wait before no more frames are taken from within turns */
    PushSink(PushTransport transport, BufferPool pool, long limit, long writeTimeoutNanos) {
        this.writeTimeoutNanos = writeTimeoutNanos;
        this.transport = transport;
        this.batch = new Batch(pool);
        this.limit = limit;
    }

    /** Whose lock guards this, and who reads; before anything is written. */
    void belongsTo(FrameOutput frameOutput, ListeningHalf listeningHalf) {
        output = frameOutput;
        reading = listeningHalf;
    }

    /** Whether something waits for the peer. Any thread. */
    boolean isBacklogged() {
        return emptied != null;
    }

    /** Until when the peer has to take something of the backlog. Any thread. */
    long deadline() {
        return deadline;
    }

    @Override
    public void admit() throws BacklogFullException {
        if (waiting >= limit && Turn.current() != null) {
            throw new BacklogFullException(waiting, limit);
        }
    }

    @Override
    public ByteBuffer room(Opcode opcode, int length) {
        if (backlog != null) {
            return null;
        }
        Turn turn = Turn.current();
        if (turn == null) {
            return null;
        }
        ByteBuffer room = batch.room(length);
        if (room != null && turn != flushedBy) {
            flushedBy = turn;
            turn.add(output);
        }
        return room;
    }

    @Override
    public void write(ByteBuffer[] buffers, long writeBy) throws IOException {
        if (backlog != null) {
            backlog.add(buffers);
            waiting = backlog.size();
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
            all[0] = batch.flip();
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
                one[0] = batch.flip();
                writeNow(one, writeBy);
            } finally {
                one[0] = null;
                releaseBatch();
            }
        }
    }

    private void releaseBatch() {
        flushedBy = null;
        batch.release();
    }

    private void writeNow(ByteBuffer[] buffers, long writeBy) throws IOException {
        if (tryWrite(buffers)) {
            return;
        }
        backlog = new Backlog();
        backlog.add(buffers);
        ByteBuffer first = backlog.next();
        if (startAll(first != null ? first : ByteBuffer.allocate(0))) {
            backlog = null;
        } else {
            waiting = backlog.size();
            deadline = writeBy;
            emptied = new CountDownLatch(1); // only now, so that whoever sees a backlog will be told of its end
            reading.deadlineHasMoved();
        }
    }

    /** Has the transport write one piece of the backlog after another; false when it goes on by itself. */
    private boolean startAll(ByteBuffer first) throws IOException {
        for (ByteBuffer next = first; next != null; next = backlog.next()) {
            if (!transport.startWrite(next)) {
                return false;
            }
        }
        return true;
    }

    private void writeBacklog() throws IOException {
        boolean all = startAll(backlog.next());
        waiting = backlog.size();
        if (!all) {
            deadline = writeTimeoutNanos == 0 ? Deadlines.NONE : Deadlines.afterNanos(writeTimeoutNanos);
            reading.deadlineHasMoved(); // the first piece may have had a later one
            return;
        }
        backlog = null;
        deadline = Deadlines.NONE;
        emptied.countDown();
        emptied = null;
        if (whenWritten != null) {
            Runnable action = whenWritten;
            whenWritten = null;
            action.run();
        }
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
        writeBacklog();
    }

    @Override
    public void whenWritten(Runnable action) {
        if (backlog == null) {
            action.run();
        } else {
            whenWritten = action;
        }
    }

    @Override
    public void awaitWritten(long until) throws IOException {
        CountDownLatch latch = emptied;
        if (Turn.current() != null) {
            return;
        }
        try {
            if (latch != null && !latch.await(Deadlines.remaining(until), TimeUnit.NANOSECONDS)) {
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
        return Turn.current() != null && !isBacklogged();
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
        backlog = null;
        waiting = 0;
        releaseBatch();
        deadline = Deadlines.NONE;
        if (emptied != null) {
            emptied.countDown();
            emptied = null;
        }
        if (first) {
            reading.signalElsewhere();
        }
    }
}
