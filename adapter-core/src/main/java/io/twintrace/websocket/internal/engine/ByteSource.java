package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.frame.FrameHeader;
import io.twintrace.websocket.internal.frame.FrameHeaderDecoder;
import io.twintrace.websocket.internal.frame.Masking;
import io.twintrace.websocket.internal.io.BufferPool;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.Transport;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;

/**
 * The bytes of a peer that is waited for, with the deadlines that apply to that. A buffer, the transport's or a pooled
 * one, is held while there is something in it, which may be the beginning of a header or what a peer has sent ahead;
 * never by a connection that waits between two frames.
 *
 * <p>For the reading thread alone, except where a method says otherwise.
 */
final class ByteSource implements InputBytes {
    private final Transport transport;
    private final BufferPool pool;
    private final CloseHandshake closing;
    private final FrameWriter output;
    private final long idleNanos;

    /**
     * What has arrived and is not taken yet, between position and limit: one byte at least; null while there is
     * nothing.
     */
    private ByteBuffer buffer;

    /** Whether that is the transport's. */
    private boolean borrowed;

    private final HeaderBeginning beginning = new HeaderBeginning();

    private long lastArrival = System.nanoTime();

    /** How much longer the frame that has begun may be waited for, so that a byte now and then keeps nothing alive. */
    private long frameBudget;

    private boolean insideFrame;

    /** Whether the last read has left room, so that most likely there was no more at that time. */
    private boolean drained;

    /** The application's deadline. */
    private volatile long readDeadline = Deadlines.NONE;

    /** Whether the reader let what it had put aside lie for too long since it last waited for input. */
    private volatile boolean readerIsSlow;

    ByteSource(Transport transport, BufferPool pool, CloseHandshake closing, FrameWriter output, long idleNanos) {
        this.transport = transport;
        this.pool = pool;
        this.closing = closing;
        this.output = output;
        this.idleNanos = idleNanos;
    }

    /** Moves the application's deadline, also for a thread that is waiting. For any thread. */
    void readDeadline(long deadline) {
        readDeadline = deadline;
        transport.readDeadline(System.nanoTime()); // wakes the waiting thread, which then looks at the new deadline
    }

    /** Reads the next header, waiting for it as long as it takes: never false. */
    @Override
    public boolean readHeader(FrameHeaderDecoder decoder, FrameHeader header) throws IOException {
        insideFrame = false;
        while (buffer == null || !decoder.decode(buffer, header)) {
            beforeWaiting();
            while (!fillNow()) {
                keepBeginning();
                await(); // called from here, since the thread keeps its stack for as long as it waits
            }
            startFrame();
        }
        startFrame();
        releaseIfEmpty();
        return true;
    }

    private void startFrame() {
        if (!insideFrame) {
            insideFrame = true;
            frameBudget = idleNanos;
        }
    }

    /** Takes at most {@code most} bytes, waiting until there is at least one: never 0. */
    @Override
    public int take(byte[] into, int offset, int most, int key, long position) throws IOException {
        if (buffer == null) {
            fill();
        }
        int n = Math.min(most, buffer.remaining());
        Masking.copy(buffer, buffer.position(), into, offset, n, key, position);
        buffer.position(buffer.position() + n);
        releaseIfEmpty();
        return n;
    }

    /** Whether the reading thread has more to take, and usually is quick to do so. Certain for that thread only. */
    boolean isMoreReadSoon() {
        return hasMore() && !readerIsSlow;
    }

    /** Takes note that the reader does not come back soon. Any thread. */
    void readerIsSlow() {
        readerIsSlow = true;
    }

    /** Whether something has arrived that is not taken yet. Certain for the reading thread only. */
    boolean hasMore() {
        ByteBuffer arrived = buffer;
        return arrived != null && arrived.hasRemaining();
    }

    /** Whether nothing is left of what has come, and most likely no more is there. For the reading thread. */
    boolean isDrained() {
        return drained && !hasMore();
    }

    /** At once, since the application may take its time before it reads on. */
    private void releaseIfEmpty() {
        if (!buffer.hasRemaining()) {
            giveBack();
        }
    }

    /** Gives the buffer back before it is waited for the rest of a header. */
    private void keepBeginning() {
        if (buffer != null) {
            beginning.keep(buffer);
            giveBack();
        }
    }

    /** Gives the buffer back; what has arrived is lost. */
    void release() {
        beginning.drop();
        giveBack();
    }

    private void giveBack() {
        if (buffer == null) {
            return;
        }
        if (borrowed) {
            transport.takeBack();
            borrowed = false;
        } else {
            pool.release(buffer);
        }
        buffer = null;
    }

    /** Waits until more has arrived, and keeps what is buffered. */
    private void fill() throws IOException {
        beforeWaiting();
        while (!fillNow()) {
            await();
        }
    }

    private void beforeWaiting() throws IOException {
        output.flushWithoutWaiting(); // what was put aside until now
        if (readerIsSlow) {
            readerIsSlow = false;
        }
        checkDeadlines(); // a peer that never stops sending would never be waited for
    }

    /** Takes what has arrived, behind what is buffered. False when nothing has; then no empty buffer is kept. */
    private boolean fillNow() throws IOException {
        if (buffer == null && beginning.length() == 0 && borrow()) {
            return true;
        }
        if (buffer == null && !transport.mayHaveInput()) {
            drained = true;
            return false;
        }
        makeRoom();
        int n = 0;
        try {
            n = transport.read(buffer);
        } finally {
            drained = buffer.hasRemaining();
            buffer.flip();
            releaseIfEmpty();
        }
        if (n < 0) {
            throw new EOFException("connection ended without a Close frame");
        }
        if (n == 0) {
            return false;
        }
        lastArrival = System.nanoTime();
        return true;
    }

    private boolean borrow() {
        buffer = transport.lend();
        if (buffer == null) {
            return false;
        }
        borrowed = true;
        drained = buffer.limit() < buffer.capacity() && !transport.mayHaveInput();
        lastArrival = System.nanoTime();
        return true;
    }

    /** What is buffered still is less than the header of a frame. */
    private void makeRoom() {
        if (buffer == null) {
            buffer = pool.acquire();
            beginning.moveTo(buffer);
        } else if (borrowed) {
            ByteBuffer own = pool.acquire().put(buffer);
            giveBack();
            buffer = own;
        } else {
            buffer.compact();
        }
    }

    /** May return early. */
    private void await() throws IOException {
        long begin = insideFrame ? System.nanoTime() : 0; // only a frame that has begun has a budget
        try {
            setWakeUp(begin);
            transport.awaitReadable();
        } catch (SocketTimeoutException e) {
            checkDeadlines(); // woken before any of them, to look at them again, as may be
            if (Deadlines.remaining(idleDeadline(begin)) <= 0) {
                throw new IdleTimeoutException(insideFrame, idleNanos);
            }
        } finally {
            if (insideFrame) {
                frameBudget -= System.nanoTime() - begin;
            }
        }
    }

    private void setWakeUp(long begin) {
        long closeBy;
        long readBy;
        do {
            closeBy = closing.deadline();
            readBy = readDeadline;
            transport.readDeadline(Deadlines.earlier(Deadlines.earlier(readBy, idleDeadline(begin)), closeBy));
            // A deadline that was moved meanwhile has been overwritten by that line: look again.
        } while (readDeadline != readBy || closing.deadline() != closeBy);
    }

    private void checkDeadlines() throws SocketTimeoutException {
        if (Deadlines.remaining(closing.deadline()) <= 0) {
            throw new SocketTimeoutException("peer did not close the WebSocket within the close timeout");
        }
        if (Deadlines.remaining(readDeadline) <= 0) {
            throw new SocketTimeoutException("read deadline passed");
        }
    }

    /**
     * Between frames, traffic in either direction counts; a frame that has begun has to end by itself.
     *
     * @param begin of the wait, inside a frame
     */
    private long idleDeadline(long begin) {
        if (idleNanos == 0) {
            return Deadlines.NONE;
        }
        if (insideFrame) {
            return begin + frameBudget;
        }
        long lastWrite = output.lastWrite();
        return (lastWrite - lastArrival > 0 ? lastWrite : lastArrival) + idleNanos;
    }
}
