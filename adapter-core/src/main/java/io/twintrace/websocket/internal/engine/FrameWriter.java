package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseSentException;
import io.twintrace.websocket.PendingWritesException;
import io.twintrace.websocket.internal.frame.FrameHeaderEncoder;
import io.twintrace.websocket.internal.frame.Opcode;
import io.twintrace.websocket.internal.io.BufferPool;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.DelayedCheck;
import io.twintrace.websocket.internal.io.Transport;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Puts whole frames on the wire. Its lock keeps frames whole when a control frame meets a message; it is not what keeps
 * messages apart, that is the detector's business one floor up.
 *
 * <p>Pongs and the Close frame never wait for the lock: where it is taken they are left waiting, at most one of each,
 * and whoever holds the lock sends them before or right after letting it go.
 */
final class FrameWriter {
    /** Made before there is a need for it, since that takes stack as well; so it cannot say where that was. */
    @SuppressWarnings({"StaticAssignmentOfThrowable", "serial"})
    private static final IOException STACK_OVERFLOW = new IOException("the stack of a thread overflowed as it wrote") {
        @Override
        public Throwable fillInStackTrace() {
            return this; // another request's stack would mislead
        }
    };

    private final Transport transport;
    private final FrameSink sink;
    private final BufferPool pool;
    private final CloseHandshake closing;
    private final long writeTimeoutNanos;
    private final ReentrantLock frameLock = new ReentrantLock();
    private final WaitingFrames waiting;

    // Guarded by frameLock.
    private final ByteBuffer[] one = new ByteBuffer[1];
    private final ByteBuffer[] two = new ByteBuffer[2];

    // Read by any thread; sinkBroken is written under frameLock.
    private volatile IOException broken;
    private volatile boolean sinkBroken;

    /** Whether the transport is still open, only since the thread that broke the stream had no stack left. */
    private volatile boolean closeOwed;

    /** Closes then, on the timer's thread, if no other thread comes first. */
    private final DelayedCheck closeLater = new DelayedCheck() {
        @Override
        protected void check() {
            closeIfOwed();
        }
    };

    private volatile long lastWrite = System.nanoTime();

    /** When a frame of a message was last begun. Written and read inside the detector's guard. */
    private long lastMessageFrame = lastWrite;

    /** The application's deadline; {@link Deadlines#NONE} for the default timeout. */
    private volatile long writeDeadline = Deadlines.NONE;

    FrameWriter(Transport transport, FrameSink sink, BufferPool pool, CloseHandshake closing, long writeTimeoutNanos) {
        this.transport = transport;
        this.sink = sink;
        this.pool = pool;
        this.closing = closing;
        this.waiting = new WaitingFrames(this, sink, closing);
        this.writeTimeoutNanos = writeTimeoutNanos;
    }

    void writeDeadline(long deadline) {
        writeDeadline = deadline;
    }

    /** When a frame was last begun, on the time line of {@link System#nanoTime()}. */
    long lastWrite() {
        return lastWrite;
    }

    /** The same for frames of messages alone. Only inside the detector's guard. */
    long lastMessageFrame() {
        return lastMessageFrame;
    }

    /** Why the stream is at an unknown place, or null while it is sound. */
    IOException broken() {
        return broken;
    }

    /** Fails all writes from now on; the transport is closed by the caller. Any thread. */
    void giveUp(IOException why) {
        if (broken == null) {
            broken = why;
        }
        closeOwed = false;
        closing.writingEnded();
        sendWaitingIfFree();
    }

    /**
     * To be asked before a message is begun, or goes on for longer.
     *
     * @throws PendingWritesException when too much waits for the peer already
     */
    void admit() throws IOException {
        checkWritable(); // which is the reason, where there is one
        sink.admit();
    }

    /** Writes one data frame. */
    void writeFrame(boolean fin, boolean rsv1, Opcode opcode, ByteBuffer payload) throws IOException {
        long deadline = Deadlines.NONE;
        lock();
        try {
            checkWritable();
            if (!putAside(fin, rsv1, opcode, payload)) {
                deadline = messageDeadline();
                send(fin, rsv1, opcode, payload, deadline);
            }
            lastMessageFrame = lastWrite;
        } finally {
            unlockAndSendWaiting();
        }
        awaitSound(deadline);
    }

    /** Writes one data frame whose header stands before its payload already. */
    void writeEncoded(ByteBuffer frame) throws IOException {
        long deadline = Deadlines.NONE;
        lock();
        try {
            checkWritable();
            ByteBuffer room = room(Opcode.CONTINUATION, frame.remaining());
            if (room != null) {
                room.put(frame);
                sink.added();
            } else {
                deadline = messageDeadline();
                one[0] = frame;
                write(one, deadline);
            }
            lastMessageFrame = lastWrite;
        } finally {
            unlockAndSendWaiting();
        }
        awaitSound(deadline);
    }

    /** Puts a frame aside, if it may and does not have to leave at once. Under the lock. */
    boolean putAside(boolean fin, boolean rsv1, Opcode opcode, ByteBuffer payload) {
        int length = payload.remaining();
        ByteBuffer room = room(opcode, (long) FrameHeaderEncoder.MAX_BYTES + length);
        if (room == null) {
            return false;
        }
        FrameHeaderEncoder.encode(room, fin, rsv1, opcode, length);
        room.put(payload);
        sink.added();
        return true;
    }

    /** Where a frame is put aside; null where it has to leave now, such as before a deadline of the application. */
    private ByteBuffer room(Opcode opcode, long length) {
        boolean isUrgent = writeDeadline != Deadlines.NONE && !opcode.isControl();
        long before = lastWrite;
        ByteBuffer room = isUrgent ? null : sink.room(opcode, length);
        if (room != null && room.position() == 0 && lastWrite == before) {
            frameBegins(); // the first one's clock is good enough for all
        }
        return room;
    }

    /** For the first frame that is put aside. Under the lock. */
    void frameBegins() {
        lastWrite = System.nanoTime();
    }

    /** Waits for what was written, as the calling thread does; nothing is sound any more where that is in vain. */
    private void awaitSound(long deadline) throws IOException {
        try {
            sink.awaitWritten(deadline);
        } catch (IOException e) {
            change(self -> {
                throw e;
            });
            throw e;
        }
    }

    /** Sends what was put aside to leave together with more. Any thread; what goes wrong shows at the next write. */
    void flush() {
        change(self -> self.sink.flush(self.defaultDeadline())); // captures nothing, so that nothing is allocated
    }

    /** The same for what the calling thread itself has put aside. */
    void flushOwn() {
        closeIfOwed();
        if (!isFlushed()) {
            flush();
        }
    }

    /** The same for a thread that reads: waits neither for the peer nor for another thread that does. */
    void flushWithoutWaiting() {
        closeIfOwed();
        if (!isFlushed()) {
            waiting.wantFlush();
            sendWaitingIfFree();
        }
    }

    /** The same, left to another thread altogether. */
    void flushElsewhere() {
        waiting.wantFlush();
        if (!frameLock.isLocked()) { // else the holder sees it on the way out
            FlushThreads.start(this::flush);
        }
    }

    /** Whether nothing is put aside. Any thread: certain only for the one that has done it. */
    boolean isFlushed() {
        return sink.isFlushed();
    }

    /** Whether a frame that the calling thread writes would not wait for the peer. Any thread. */
    boolean isWaitless() {
        return sink.isWaitless();
    }

    /**
     * Waits until the operating system has everything that was written, if the calling thread may wait. Any thread.
     *
     * @return false when the deadline came first
     */
    boolean awaitWritten(long deadline) throws IOException {
        try {
            if (!isFlushed()) {
                lockUntil(deadline);
                try {
                    flush();
                } finally {
                    unlockAndSendWaiting();
                }
            }
            sink.awaitWritten(deadline);
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    /** The transport has written what it was given to write by itself, or has failed to. Any thread. */
    void writtenByTransport(IOException failure) {
        lastWrite = System.nanoTime();
        change(self -> self.sink.writtenByTransport(failure));
    }

    /** Gives up, since the operating system did not take in time what was written. Any thread. */
    void timeOut() {
        change(self -> {
            throw new SocketTimeoutException("timed out waiting for the peer to read");
        });
    }

    /** Under the lock, and unless nothing can be written any more. */
    interface Change {
        void make(FrameWriter self) throws IOException;
    }

    void change(Change change) {
        lock();
        try {
            if (broken == null) {
                change.make(this);
            }
        } catch (IOException e) {
            breakOff(e);
        } catch (Throwable e) { // for want of memory or stack: half of something may be out
            breakOff(e);
            throw e;
        } finally {
            unlockAndSendWaiting();
        }
    }

    /**
     * Writes one Ping or Pong, or asks for the Close frame.
     *
     * @throws SocketTimeoutException at the deadline: harmless when it passed before the frame's turn came
     */
    void writeControl(Opcode opcode, byte[] payload, long deadline) throws IOException {
        long until = deadline != Deadlines.NONE ? deadline : defaultDeadline();
        lockUntil(until);
        try {
            checkWritable();
            if (opcode == Opcode.CLOSE) {
                waiting.takeOver();
                beginClosing(payload); // sent on the way out
            } else {
                sink.admit();
                send(true, false, opcode, ByteBuffer.wrap(payload), until);
            }
        } finally {
            unlockAndSendWaiting();
        }
        sink.awaitWritten(until); // harmless where that is in vain: what waits has a deadline of its own
        if (opcode == Opcode.CLOSE && broken != null) {
            throw new IOException("the Close frame could not be written", broken);
        }
    }

    /** Sends a Pong now if nobody is writing, else after the frame in flight. The latest replaces one that waits. */
    void offerPong(byte[] payload) {
        waiting.pong(payload);
        sendWaitingIfFree();
    }

    /**
     * Sends a Close frame now if nobody is writing, else behind the frame in flight, which now has to end within the
     * close timeout. Nothing happens when a Close frame was requested before.
     */
    void requestClose(byte[] payload) {
        closeIfOwed();
        beginClosing(payload);
        sendWaitingIfFree();
    }

    /** Decides on a Close frame as {@link #requestClose} does, but does not send it before {@link #releaseClose}. */
    void holdClose(byte[] payload) {
        if (closing.hold(payload)) {
            sink.closingHasBegun();
        }
    }

    /** The calling thread tells listeners why the Close frame is held; one of them may close, which sends it. */
    void tellOfConflict() {
        closing.tell();
    }

    /** Sends the Close frame that was held, if there is one. */
    void releaseClose() {
        closing.release();
        sendWaitingIfFree();
    }

    private void beginClosing(byte[] payload) {
        if (closing.request(payload)) {
            sink.closingHasBegun();
        }
    }

    /** Takes note of the peer's Close frame; the one to answer must have been requested. */
    void peerHasClosed() {
        if (closing.hasWritingEnded()) { // else whoever is writing it does this, once it is out
            sink.closingHasEnded();
        }
    }

    /** Throws what any write would throw now. For any thread. */
    void checkWritable() throws IOException {
        if (broken != null) {
            if (closeOwed) {
                closeLater.ask(); // not here, where the stack may be about to overflow again
            }
            throw new IOException("nothing can be written to this WebSocket connection any more", broken);
        }
        if (closing.requested() != null) {
            throw new CloseSentException();
        }
    }

    /** For the frames of messages: the application's deadline, if it has set one. */
    private long messageDeadline() {
        long deadline = writeDeadline;
        return deadline != Deadlines.NONE ? deadline : defaultDeadline();
    }

    /** For others than messages, which do not heed the application's deadline: it may be one of a message long gone. */
    long defaultDeadline() {
        return writeTimeoutNanos == 0 ? Deadlines.NONE : Deadlines.afterNanos(writeTimeoutNanos);
    }

    private void lockUntil(long deadline) throws IOException {
        try {
            long nanos = Deadlines.remaining(deadline);
            if (nanos <= 0 || !frameLock.tryLock(nanos, TimeUnit.NANOSECONDS)) {
                throw new SocketTimeoutException("control frame's deadline passed before its turn came;"
                        + " nothing was written and the connection is unharmed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting to write a control frame");
        }
    }

    private void sendWaitingIfFree() {
        if (frameLock.tryLock()) {
            unlockAndSendWaiting();
        }
    }

    /** Looks again after unlocking, so that what came in between is not left lying. */
    private void unlockAndSendWaiting() {
        for (boolean again = false; ; again = true) {
            try {
                sendWaiting();
            } finally {
                frameLock.unlock();
            }
            if (again && isAnyWaiting()) {
                // A flood of Pings must not keep a writer: the reader, which meets them, gets the chance to answer.
                LockSupport.parkNanos(1_000);
            }
            if (!isAnyWaiting() || !frameLock.tryLock()) {
                return;
            }
        }
    }

    private boolean isAnyWaiting() {
        return broken != null ? !sinkBroken && !closeOwed : waiting.isAny();
    }

    private void sendWaiting() {
        if (broken == null) {
            waiting.send();
        } else if (isAnyWaiting()) {
            breakSink(broken);
        }
    }

    /** Writes a frame, behind what was put aside. Under the lock. */
    void send(boolean fin, boolean rsv1, Opcode opcode, ByteBuffer payload, long deadline) throws IOException {
        ByteBuffer head = pool.acquire();
        boolean sent = false;
        try {
            FrameHeaderEncoder.encode(head, fin, rsv1, opcode, payload.remaining());
            if (payload.remaining() <= head.remaining()) {
                one[0] = head.put(payload).flip();
                write(one, deadline);
            } else {
                two[0] = head.flip();
                two[1] = payload;
                write(two, deadline);
            }
            sent = true;
        } finally {
            two[1] = null;
            if (sent) {
                pool.release(head);
            } else {
                pool.discard(); // the transport may still have its hands on it
            }
        }
    }

    private void write(ByteBuffer[] buffers, long deadline) throws IOException {
        long now = System.nanoTime();
        lastWrite = now;
        try {
            if (deadline != Deadlines.NONE && deadline - now <= 0) {
                throw new SocketTimeoutException("write deadline passed before the frame was begun");
            }
            sink.write(buffers, deadline);
        } catch (StackOverflowError e) {
            closeOwed = true; // both without a call, for which there may be no stack left
            broken = STACK_OVERFLOW;
            breakOff(e);
            throw e;
        } catch (Throwable e) { // also for want of memory
            breakOff(e);
            throw e;
        } finally {
            one[0] = null; // an idle connection keeps no payload
        }
    }

    /**
     * Part of a frame may be out: nothing that follows could be understood. Under the lock.
     *
     * <p>Where the stack has overflowed, the transport is closed later, by a thread that has stack left. Here, closing
     * could stop anywhere inside the container, whose selector and pool would then fail other connections.
     */
    void breakOff(Throwable e) {
        if (e instanceof StackOverflowError) {
            overflowed();
        } else {
            broken = e instanceof IOException io ? io : new IOException(e);
            closeBroken();
        }
    }

    private void closeBroken() {
        try {
            transport.close();
        } finally {
            try {
                breakSink(broken);
            } finally {
                closing.writingEnded();
            }
        }
    }

    /** With or without the lock. Fails as well where not even the timer's thread can be asked. */
    private void overflowed() {
        closeOwed = true;
        broken = STACK_OVERFLOW;
        closeLater.ask();
    }

    /**
     * Closes what a thread without stack has left open. Without the lock, which that thread may have kept for good. Any
     * thread but one that may be near the end of its stack as well.
     */
    private void closeIfOwed() {
        if (!closeOwed) {
            return;
        }
        closeOwed = false;
        try {
            transport.close();
        } finally {
            closing.writingEnded();
            sendWaitingIfFree(); // which breaks the sink
        }
    }

    /** The frame lock; where the stack overflows in there, nobody may ever get it again. */
    private void lock() {
        try {
            frameLock.lock();
        } catch (StackOverflowError e) {
            overflowed();
            throw e;
        }
    }

    private void breakSink(IOException why) {
        sinkBroken = true;
        sink.broken(why);
    }
}
