package io.twintrace.websocket.jetty;

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
 * What a thread that may wait reads from an endpoint. To wait for input the selector has to be told, which wakes it up:
 * that costs more than a small message. So the thread that selects reads by itself, one buffer at most beside the one
 * that the reader is working on, and asks for the next input before it selects again. Only a reader that falls behind
 * reads on by itself, as fast as it can, and has the selector told when nothing is left.
 *
 * <p>TLS is left to the reader, since the selector's thread has others to serve. A listener is a reader that never
 * waits: for it nothing is read ahead.
 */
final class ReadAhead implements Callback {
    private static final int SIZE = 32 * 1024;

    /** Stands for the buffer that the reader is just taking from, whose rest must come before what is read next. */
    private static final RetainableByteBuffer TAKING = RetainableByteBuffer.EMPTY;

    private final EndPoint endPoint;
    private final ByteBufferPool pool;
    private final boolean readsAhead;
    private final WakeUps wakeUps;
    private final Gate readable = new Gate("for the peer to send");

    /** What the selector's thread has read; taken from by the reader, or dropped by whoever closes. */
    private final AtomicReference<RetainableByteBuffer> ahead = new AtomicReference<>();

    /** Whether the selector's thread is the one to read, or soon will be told; else the reader is. */
    private volatile boolean awaited;

    private volatile boolean closed;

    // For the reader.

    /** What came with the handshake. */
    private ByteBuffer first;

    /** What was read ahead, and the reader takes from where it lies; null while there is no such thing. */
    private RetainableByteBuffer lent;

    ReadAhead(EndPoint endPoint, ByteBufferPool pool, WakeUps wakeUps) {
        this.endPoint = endPoint;
        this.pool = pool;
        this.wakeUps = wakeUps;
        this.readsAhead = !endPoint.isSecure();
    }

    /** Before anybody reads: these bytes come first. They stay the caller's. */
    void startWith(ByteBuffer bytes) {
        first = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    }

    /** Whether there are such bytes still. */
    boolean hasFirst() {
        return first != null;
    }

    // ---- The reader -----------------------------------------------------------------------------------------------

    /** What was read ahead, if anything was, which comes after {@link #first}; to be followed by {@link #takeBack}. */
    ByteBuffer lend() {
        RetainableByteBuffer buffer = ahead.getAndSet(null);
        if (buffer == null) {
            return null;
        }
        if (closed) { // looked at last: what came before this may be gone, and must not be missed in the middle
            buffer.release();
            return null; // and reading says why
        }
        lent = buffer;
        return buffer.getByteBuffer();
    }

    void takeBack() {
        lent.release();
        lent = null;
    }

    /** False where {@link #read} would return 0 at the moment. */
    boolean mayHaveInput() {
        return !awaited || ahead.get() != null || first != null || closed; // the first one first, as in read
    }

    /** Whether something was read ahead. */
    boolean hasArrived() {
        return ahead.get() != null;
    }

    int read(ByteBuffer into) throws IOException {
        if (first != null) {
            int n = move(first, into);
            first = first.hasRemaining() ? first : null;
            return n;
        }
        boolean mine = !awaited; // first: what was read ahead is there before this changes
        RetainableByteBuffer buffer = ahead.get();
        if (closed) { // what was read ahead may be gone, and must not be missed in the middle
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
            return 0; // where Jetty would make room by moving bytes
        }
        if (into.limit() == into.capacity()) {
            return append(into);
        }
        int n = append(into.slice()); // Jetty fills to the capacity, whatever the limit
        into.position(into.position() + Math.max(n, 0));
        return n;
    }

    /**
     * Jetty's buffers are in "flush mode": data from position to limit, and fill appends at the limit; to a buffer
     * without data it appends at 0, so that there is made to be some.
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
     * Sees to it that more is read, and returns where to wait for it: a thread that waits long keeps every call it is
     * in.
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
        } finally { // whatever was thrown: then the reader finds out
            if (!again) {
                awaited = false;
            }
            wakeUps.open(readable);
        }
    }

    /** Whether it is worth while to be told of more; false for the reader to find out what there is. */
    private boolean readOnce() {
        RetainableByteBuffer buffer = PoolAccess.acquireDirect(pool, SIZE);
        int n = 0;
        try {
            n = endPoint.fill(buffer.getByteBuffer());
        } catch (IOException e) {
            n = -1; // it comes again for the reader
        } finally {
            if (n <= 0) {
                buffer.release();
            }
        }
        if (n <= 0) {
            return n == 0;
        }
        boolean full = n == SIZE;
        ahead.set(buffer); // it was null, and only here it becomes something else
        if (closed) {
            releaseAhead();
        }
        return !full;
    }

    /** Wakes at once for whom was read before, since what comes next may take its time. */
    void wakeOthers() {
        wakeUps.openNow();
    }

    @Override
    public void failed(Throwable cause) {
        awaited = false; // reading again tells the reader what is wrong
        readable.open();
    }

    // ---- Any thread -----------------------------------------------------------------------------------------------

    /** Moves the deadline for whoever waits. */
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
