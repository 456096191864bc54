package io.twintrace.websocket.internal.jetty.endpoint;

import io.twintrace.websocket.internal.io.Gate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.Callback;

/**
 * The input of a transport whose reader may wait. To wait for input, a reader must register with the selector and wake
 * it up, which costs more than a small message. So the selector thread reads ahead at most one buffer, in addition to
 * the one that the reader is using. It then registers for the next input before it selects again. Only a reader that
 * falls behind reads by itself, as fast as it can, and registers when no input is left.
 *
 * <p>With TLS only the reader reads, because the selector thread must serve others. A listener never waits, so nothing
 * is read ahead for it.
 */
final class ReadAhead implements Callback {
    private static final int SIZE = 32 * 1024;

    /** Stands for the buffer that the reader is taking bytes from. The rest of it must come before later input. */
    private static final RetainableByteBuffer TAKING = RetainableByteBuffer.EMPTY;

    private final EndPoint endPoint;
    private final ByteBufferPool pool;
    private final boolean readsAhead;
    private final WakeUps wakeUps;
    private final Gate readable = new Gate("for the peer to send");

    /** The buffer that the selector thread has read. The reader takes bytes from it, or the closing thread drops it. */
    private final AtomicReference<RetainableByteBuffer> ahead = new AtomicReference<>();

    /** Whether the selector thread reads, now or at the next input. Otherwise the reader reads. */
    private volatile boolean awaited;

    private volatile boolean closed;

    // Used only by the reader.

    /** The bytes that arrived with the handshake. */
    private ByteBuffer first;

    /** The buffer that the reader uses in place; null if there is none. */
    private RetainableByteBuffer lent;

    ReadAhead(EndPoint endPoint, ByteBufferPool pool, WakeUps wakeUps) {
        this.endPoint = endPoint;
        this.pool = pool;
        this.wakeUps = wakeUps;
        this.readsAhead = !endPoint.isSecure();
    }

    /** Copies the bytes to read first. Call this before the first read. */
    void startWith(ByteBuffer bytes) {
        first = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    }

    /** Tells whether some of these bytes are left. */
    boolean hasFirst() {
        return first != null;
    }

    // ---- The reader -----------------------------------------------------------------------------------------------

    /** Lends the buffer that was read ahead, or null. It follows {@link #first}. Call {@link #takeBack} after use. */
    ByteBuffer lend() {
        RetainableByteBuffer buffer = ahead.getAndSet(null);
        if (buffer == null) {
            return null;
        }
        if (closed) { // checked last: an earlier buffer may have been dropped, and the reader must not skip it
            buffer.release();
            return null; // read reports the error
        }
        lent = buffer;
        return buffer.getByteBuffer();
    }

    void takeBack() {
        lent.release();
        lent = null;
    }

    /** Returns false if {@link #read} would return 0 now. */
    boolean mayHaveInput() {
        return !awaited || ahead.get() != null || first != null || closed; // awaited is checked first, as in read
    }

    /** Tells whether a buffer was read ahead. */
    boolean hasArrived() {
        return ahead.get() != null;
    }

    int read(ByteBuffer into) throws IOException {
        if (first != null) {
            int n = move(first, into);
            first = first.hasRemaining() ? first : null;
            return n;
        }
        boolean mine = !awaited; // first: a buffer is set before this changes
        RetainableByteBuffer buffer = ahead.get();
        if (closed) { // a buffer may have been dropped, and the reader must not skip it
            throw new AsynchronousCloseException();
        }
        if (buffer == null) {
            return mine ? fill(into) : 0;
        }
        return ahead.compareAndSet(buffer, TAKING) ? take(buffer, into) : 0; // 0: closed meanwhile
    }

    private int take(RetainableByteBuffer buffer, ByteBuffer into) {
        ByteBuffer bytes = buffer.getByteBuffer();
        int n = move(bytes, into);
        boolean more = bytes.hasRemaining();
        boolean kept = ahead.compareAndSet(TAKING, more ? buffer : null) && more; // else closed meanwhile, or empty
        if (!kept) {
            buffer.release();
        }
        return n;
    }

    private static int move(ByteBuffer from, ByteBuffer into) {
        int n = Math.min(from.remaining(), into.remaining());
        into.put(into.position(), from, from.position(), n).position(into.position() + n);
        from.position(from.position() + n);
        return n;
    }

    private int fill(ByteBuffer into) throws IOException {
        if (!into.hasRemaining()) {
            return 0; // Jetty would move bytes to make room
        }
        if (into.limit() == into.capacity()) {
            return append(into);
        }
        int n = append(into.slice()); // Jetty fills to the capacity, whatever the limit
        into.position(into.position() + Math.max(n, 0));
        return n;
    }

    /**
     * Jetty's buffers are in "flush mode": data is from position to limit, and fill appends at the limit. It appends to
     * an empty buffer at 0, so this method makes the buffer look non-empty.
     */
    private int append(ByteBuffer into) throws IOException {
        int start = into.position();
        into.limit(start).position(Math.max(0, start - 1));
        try {
            return endPoint.fill(into);
        } finally {
            int end = into.limit();
            into.limit(into.capacity()).position(end);
        }
    }

    /**
     * Makes sure that more is read, and returns the gate to wait for it. Does not wait itself, because a waiting thread
     * keeps all its stack frames.
     */
    Gate more() {
        if (!awaited && ahead.get() == null) {
            awaited = true;
            endPoint.fillInterested(this);
        }
        return readable;
    }

    // ---- The selector's thread ------------------------------------------------------------------------------------

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    @Override
    public void succeeded() {
        boolean again = false;
        try {
            again = readsAhead && ahead.get() == null && readOnce();
            if (again) {
                endPoint.fillInterested(this);
            }
        } finally { // after any error the reader reads and gets it
            if (!again) {
                awaited = false;
            }
            wakeUps.open(readable);
        }
    }

    /** Reads one buffer. Returns whether to register for more; false lets the reader find out what is left. */
    private boolean readOnce() {
        RetainableByteBuffer buffer = PoolAccess.acquireDirect(pool, SIZE);
        int n = 0;
        try {
            n = endPoint.fill(buffer.getByteBuffer());
        } catch (IOException e) {
            n = -1; // the reader gets it again
        } finally {
            if (n <= 0) {
                buffer.release();
            }
        }
        if (n <= 0) {
            return n == 0;
        }
        boolean full = n == SIZE;
        ahead.set(buffer); // it was null, and only this thread sets it
        if (closed) {
            releaseAhead();
        }
        return !full;
    }

    /** Wakes the readers of earlier input at once, because the next step may take long. */
    void wakeOthers() {
        wakeUps.openNow();
    }

    @Override
    public void failed(Throwable cause) {
        awaited = false; // the reader's next read reports the error
        readable.open();
    }

    // ---- Any thread -----------------------------------------------------------------------------------------------

    /** Moves the deadline of a waiting thread. */
    void deadline(long deadline) {
        readable.deadline(deadline);
    }

    /** Ends all waiting. */
    void close() {
        closed = true;
        readable.close();
        releaseAhead();
    }

    private void releaseAhead() {
        RetainableByteBuffer buffer = ahead.getAndSet(null);
        if (buffer != null && buffer != TAKING) {
            buffer.release();
        }
    }
}
