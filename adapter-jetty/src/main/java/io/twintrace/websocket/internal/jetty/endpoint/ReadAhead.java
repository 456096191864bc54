package io.twintrace.websocket.internal.jetty.endpoint;

import io.twintrace.websocket.internal.io.Gate;
import io.twintrace.websocket.internal.io.InputBuffers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Callback;

/**
 * The input of a transport whose reader may wait. To wait for input, a reader must register with the selector and wake
 * it up, which costs more than a small message. So the selector thread reads ahead at most one buffer, in addition to
 * the one that the reader is using. It then registers for the next input before it selects again. Only a reader that
 * falls behind reads by itself, as fast as it can, and registers when no input is left.
 *
 * <p>With TLS only the reader reads, because the selector thread must serve others. A listener never waits, and has none
 * of these.
 */
final class ReadAhead implements Callback {
    /** Stands for the buffer that the reader is taking bytes from. The rest of it must come before later input. */
    private static final ByteBuffer TAKING = ByteBuffer.allocate(0);

    private final EndPoint endPoint;
    private final EndPointInput input;
    private final InputBuffers buffers;
    private final boolean readsAhead;
    private final WakeUps wakeUps;
    private final Gate readable = new Gate("for the peer to send");

    /** The buffer that the selector thread has read. The reader takes bytes from it, or the closing thread drops it. */
    private final AtomicReference<ByteBuffer> ahead = new AtomicReference<>();

    /** Whether the selector thread reads, now or at the next input. Otherwise the reader reads. */
    private volatile boolean awaited;

    /** How many bytes the next reading ahead most likely brings. Used only by the selector's thread. */
    private int expected;

    /** The buffer that the reader uses in place; null if there is none. Used only by the reader. */
    private ByteBuffer lent;

    ReadAhead(EndPoint endPoint, EndPointInput input, InputBuffers buffers, WakeUps wakeUps) {
        this.endPoint = endPoint;
        this.input = input;
        this.buffers = buffers;
        this.wakeUps = wakeUps;
        this.readsAhead = !endPoint.isSecure();
    }

    // ---- The reader -----------------------------------------------------------------------------------------------

    /** Lends the buffer that was read ahead, or null. It follows the first bytes. Call {@link #takeBack} after use. */
    ByteBuffer lend() {
        ByteBuffer buffer = ahead.getAndSet(null);
        if (buffer == null) {
            return null;
        }
        // Checked last: an earlier buffer may have been dropped, and the reader must not skip it.
        if (input.isClosed()) {
            buffers.release(buffer);
            return null; // read reports the error
        }
        lent = buffer;
        return buffer;
    }

    void takeBack() {
        buffers.release(lent);
        lent = null;
    }

    /** Returns false if {@link #read} would return 0 now. */
    boolean mayHaveInput() {
        // Awaited is checked first, as in read.
        return !awaited || ahead.get() != null || input.hasFirst() || input.isClosed();
    }

    /** Tells whether a buffer was read ahead. */
    boolean hasArrived() {
        return ahead.get() != null;
    }

    int read(ByteBuffer into) throws IOException {
        if (input.hasFirst()) {
            return input.read(into);
        }
        boolean mine = !awaited; // first: a buffer is set before this changes
        ByteBuffer buffer = ahead.get();
        if (input.isClosed()) { // a buffer may have been dropped, and the reader must not skip it
            throw new AsynchronousCloseException();
        }
        if (buffer == null) {
            return mine ? input.read(into) : 0;
        }
        return ahead.compareAndSet(buffer, TAKING) ? take(buffer, into) : 0; // 0: closed meanwhile
    }

    private int take(ByteBuffer buffer, ByteBuffer into) {
        boolean kept = false;
        try {
            boolean mayTake = !input.isClosed(); // checked last, as in lend
            int n = mayTake ? EndPointInput.move(buffer, into) : 0;
            kept = mayTake && buffer.hasRemaining() && ahead.compareAndSet(TAKING, buffer);
            return n;
        } finally {
            if (!kept) { // empty, closed meanwhile, or after an error
                ahead.compareAndSet(TAKING, null);
                buffers.release(buffer);
            }
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
        ByteBuffer buffer = buffers.acquire(expected);
        int n = 0;
        try {
            n = input.fillEmpty(buffer);
        } catch (IOException e) {
            n = -1; // the reader gets it again
        } finally {
            if (n <= 0) {
                buffers.release(buffer);
            }
        }
        if (n <= 0) {
            return n == 0;
        }
        boolean full = n == buffer.capacity();
        expected = Math.max(full ? 2 * n : n, expected - expected / 8);
        ahead.set(buffers.fit(buffer)); // it was null, and only this thread sets it
        if (input.isClosed()) {
            releaseAhead();
        }
        return !full;
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

    /** Ends all waiting. The input must be closed already. */
    void close() {
        readable.close();
        releaseAhead();
    }

    @SuppressWarnings("ReferenceEquality") // TAKING is one object
    private void releaseAhead() {
        ByteBuffer buffer = ahead.getAndSet(null);
        if (buffer != null && buffer != TAKING) {
            buffers.release(buffer);
        }
    }
}
