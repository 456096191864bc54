package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.frame.Opcode;
import io.twintrace.websocket.internal.io.BufferPool;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes to a transport that lets the caller wait. Small frames may be put aside, as {@link WriteCoalescing} says. */
final class BlockingSink implements FrameSink {
    /**
     * The JDK copies what remains of a heap buffer at each attempt to write, into a direct buffer that it keeps for the
     * thread. Offered whole, a large payload would be copied over and over, and its size stay in use.
     */
    static final int MOST_COPIED = 128 * 1024;

    private final Transport transport;
    private final CloseHandshake closing;
    private final ByteBuffer[] one = new ByteBuffer[1];
    private final SmallFrames batch;

    private UnreadWarning unread;

    /** Null where every message leaves at once. */
    private WriteCoalescing coalescing;

    /** Read by whoever begins to close. */
    private volatile long armedDeadline = Deadlines.NONE;

    BlockingSink(Transport transport, CloseHandshake closing, BufferPool pool) {
        this.transport = transport;
        this.closing = closing;
        this.batch = new SmallFrames(pool);
    }

    /** Has this look whether anybody reads. Call once, before anything is written. */
    void warn(UnreadWarning newUnread) {
        unread = newUnread;
    }

    /** Has small messages put aside as this allows. Call once, before anything is written. */
    void coalesce(WriteCoalescing newCoalescing) {
        coalescing = newCoalescing;
    }

    @Override
    public void admit() {
        // Whoever comes too soon waits.
    }

    @Override
    public ByteBuffer room(Opcode opcode, long length) {
        if (opcode.isControl()) {
            return batch.room(length); // and is flushed at once
        }
        if (coalescing == null || !coalescing.isAllowed()) {
            return null;
        }
        boolean first = batch.isEmpty();
        ByteBuffer room = batch.room(length);
        if (!first || room == null) {
            return room;
        }
        boolean inTime = false;
        try {
            inTime = coalescing.begin();
        } finally {
            if (!inTime) {
                batch.release(); // nobody would see to it that the message leaves in time
            }
        }
        return inTime ? room : null;
    }

    @Override
    public void added() {
        batch.add();
    }

    @Override
    public void write(ByteBuffer[] buffers, long deadline) throws IOException {
        if (batch.isEmpty()) {
            writeNow(buffers, deadline);
            return;
        }
        ByteBuffer[] all = new ByteBuffer[buffers.length + 1];
        System.arraycopy(buffers, 0, all, 1, buffers.length);
        all[0] = batch.leaving();
        writeBatch(all, deadline);
    }

    @Override
    public boolean isFlushed() {
        return batch.isEmpty();
    }

    @Override
    public void flush(long deadline) throws IOException {
        if (!batch.isEmpty()) {
            one[0] = batch.leaving();
            writeBatch(one, deadline);
        }
    }

    @Override
    public boolean tryFlush() throws IOException {
        if (batch.isEmpty()) {
            return true;
        }
        boolean all = false;
        boolean failed = true;
        one[0] = batch.leaving();
        try {
            all = transport.tryWrite(one);
            failed = false;
        } finally {
            one[0] = null;
            if (all) {
                batch.release();
            } else if (failed) {
                batch.discard(); // the transport may still have its hands on it
            }
        }
        return all;
    }

    @Override
    public boolean flushesByItself() {
        return false;
    }

    private void writeBatch(ByteBuffer[] buffers, long deadline) throws IOException {
        boolean written = false;
        try {
            writeNow(buffers, deadline);
            written = true;
        } finally {
            one[0] = null;
            if (written) {
                batch.release();
            } else {
                batch.discard(); // the transport may still have its hands on it
            }
        }
    }

    private void writeNow(ByteBuffer[] buffers, long deadline) throws IOException {
        armedDeadline = deadline;
        transport.writeDeadline(Deadlines.earlier(deadline, closing.deadline()));
        if (closing.deadline() != Deadlines.NONE) {
            // CloseHandshake may have begun between the two lines above, and its deadline been overwritten.
            transport.writeDeadline(Deadlines.earlier(deadline, closing.deadline()));
        }
        try {
            writeInPieces(buffers);
        } finally {
            armedDeadline = Deadlines.NONE; // whoever requests a Close must not take it for that of the next frame
        }
    }

    private void writeInPieces(ByteBuffer[] buffers) throws IOException {
        ByteBuffer payload = buffers[buffers.length - 1];
        if (payload.isDirect() || payload.remaining() <= MOST_COPIED) {
            transport.write(buffers);
            return;
        }
        int end = payload.limit();
        try {
            payload.limit(payload.position() + MOST_COPIED);
            transport.write(buffers);
            one[0] = payload;
            while (payload.position() < end) {
                payload.limit(Math.min(end, payload.position() + MOST_COPIED));
                transport.write(one);
            }
        } finally {
            payload.limit(end);
            one[0] = null; // an idle connection keeps no payload
        }
    }

    @Override
    public void whenWritten(Runnable action) {
        action.run();
    }

    @Override
    public void awaitWritten(long deadline) {
        unread.look(); // writing has waited already
    }

    @Override
    public boolean isWaitless() {
        return false;
    }

    @Override
    public void closingHasBegun() {
        transport.writeDeadline(Deadlines.earlier(armedDeadline, closing.deadline()));
        transport.readDeadline(System.nanoTime()); // wakes a waiting reader, which then looks at the new deadline
    }

    @Override
    public void closingHasEnded() {
        if (closing.received() == null) {
            return; // a peer that has not closed may still send, and whoever has read so far gives it the time
        }
        // At once, since the handler, which closes the rest, may take its time.
        if (!transport.shutdownOutput()) {
            transport.close();
        }
    }

    @Override
    public void writtenByTransport(IOException failure) {
        throw new IllegalStateException("nothing was left to the transport");
    }

    @Override
    public void broken(IOException why) {
        batch.release(); // no writer is at it: this is called under the lock
    }
}
