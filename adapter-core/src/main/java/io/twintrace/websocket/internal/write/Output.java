package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.PendingWritesException;
import io.twintrace.websocket.internal.frame.Opcode;
import io.twintrace.websocket.internal.io.BufferPool;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.Transport;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;

/**
 * Writes bytes without waiting for the peer. It may put small frames aside to leave together. Bytes that the peer does
 * not take at once are pending: the transport writes them by itself, and a thread that may wait waits for that. The
 * holder of the {@link FrameLock} calls these methods, except where they say otherwise.
 */
final class Output implements PendingStatus {
    private final Transport transport;
    private final Runnable goOnElsewhere;
    private final long pendingLimit;
    private final long writeTimeoutNanos;
    private final SmallFrames aside;
    private final ByteBuffer[] one = new ByteBuffer[1];

    private Coalescing coalescing;
    private WriteEvents events;

    /** Null until an outbox is used. */
    private volatile WaitingMessages waiting;

    /** Null while no bytes are pending. Written under the lock. */
    private volatile PendingWrites pending;

    private volatile long lastTaken = System.nanoTime();
    private volatile IOException failure;

    /**
     * @param goOnElsewhere has another thread take the lock and call {@link #continueWriting}
     * @param pendingLimit how many bytes may be pending before a thread that may not wait cannot write more messages
     */
    Output(Transport transport, BufferPool pool, Runnable goOnElsewhere, long pendingLimit, long writeTimeoutNanos) {
        this.transport = transport;
        this.goOnElsewhere = goOnElsewhere;
        this.pendingLimit = pendingLimit;
        this.writeTimeoutNanos = writeTimeoutNanos;
        this.aside = new SmallFrames(pool);
    }

    /** Call this once, before the first write. */
    void attach(Coalescing newCoalescing, WriteEvents newEvents) {
        coalescing = newCoalescing;
        events = newEvents;
    }

    // ---- Any thread, without the lock -----------------------------------------------------------------------------

    @Override
    public boolean hasPending() {
        return pending != null;
    }

    /** Returns whether this many bytes or more are pending and were not yet given to the transport. */
    boolean hasPending(int atLeast) {
        PendingWrites current = pending;
        return current != null && current.size() >= atLeast;
    }

    @Override
    public long deadline() {
        PendingWrites current = pending;
        return current == null ? Deadlines.NONE : current.deadline();
    }

    @Override
    public long lastTaken() {
        return lastTaken;
    }

    /** Returns whether bytes have been pending for so long, and the peer has taken none of them in that time. */
    boolean isStuckFor(long nanos) {
        PendingWrites current = pending;
        long now = System.nanoTime();
        return current != null && now - current.begun() >= nanos && now - lastTaken >= nanos;
    }

    /** Returns whether no frame is put aside. Certain only for the thread that puts frames aside. */
    boolean isFlushed() {
        return aside.isEmpty();
    }

    WriteEvents events() {
        return events;
    }

    Coalescing coalescing() {
        return coalescing;
    }

    void waiting(WaitingMessages messages) {
        waiting = messages;
    }

    /** Returns the messages that wait while bytes are pending; null if none ever will. */
    WaitingMessages waiting() {
        return waiting;
    }

    /**
     * Refuses a message if too much is pending and the calling thread may not wait.
     *
     * @throws PendingWritesException then
     */
    void admit() throws PendingWritesException {
        PendingWrites current = pending;
        long size = current == null ? 0 : current.size();
        if (size >= pendingLimit && !WriteBatch.mayWait()) {
            throw new PendingWritesException(size, pendingLimit);
        }
    }

    /** Returns the bytes that are pending; null if there are none. */
    PendingWrites pendingWrites() {
        return pending;
    }

    /**
     * Waits until no bytes are pending, if the calling thread may wait.
     *
     * @throws SocketTimeoutException at the deadline
     */
    void awaitWritten(long until) throws IOException {
        awaitWritten(pending, until);
    }

    /** Waits like {@link #awaitWritten(long)} for these bytes; for none if null. */
    void awaitWritten(PendingWrites awaited, long until) throws IOException {
        if ((awaited == null && failure == null) || !WriteBatch.mayWait()) {
            return; // the usual case first
        }
        try {
            if (awaited != null && !awaited.awaitEnd(until)) {
                throw timeout();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the peer to read");
        }
        if (failure instanceof SocketTimeoutException) {
            throw (IOException) timeout().initCause(failure);
        }
        if (failure != null) {
            throw new IOException("writing to the peer failed", failure);
        }
    }

    static SocketTimeoutException timeout() {
        return new SocketTimeoutException("timed out waiting for the peer to read");
    }

    // ---- The holder of the lock -----------------------------------------------------------------------------------

    /**
     * Returns where a frame may be put aside, if it need not leave at once.
     *
     * @param opcode the kind of frame
     * @param length the length of the whole frame in bytes, which may be more than an int holds
     * @return a buffer with room for it, empty if this is the first frame; null if the frame must be written
     */
    ByteBuffer room(Opcode opcode, long length) {
        if (pending != null || !aside.mayHold(length) || !coalescing.isAllowed(opcode)) {
            return null;
        }
        boolean first = aside.isEmpty();
        ByteBuffer room = aside.room(length);
        if (room == null) {
            return null;
        }
        boolean inTime = false;
        try {
            inTime = coalescing.begin(first);
        } finally {
            if (!inTime && first) {
                aside.release(); // nothing would send the frame in time
            }
        }
        return inTime ? room : null;
    }

    /** Confirms that the room of {@link #room} holds a whole frame. Without this call the frame is not sent. */
    void added() {
        aside.add();
    }

    /**
     * Writes all buffers, or makes the transport do so.
     *
     * @param deadline the time by which the operating system must have them, or at least has to go on taking them
     * @param awaited whether the caller, if it may wait, waits for what is pending before it touches the last buffer;
     *     it goes on with {@link #continuePaused} if that is {@linkplain PendingWrites#isPaused paused}
     */
    void write(ByteBuffer[] buffers, long deadline, boolean awaited) throws IOException {
        PendingWrites current = pending;
        if (current != null) {
            current.add(buffers, awaited && WriteBatch.mayWait());
        } else if (aside.isEmpty()) {
            writeNow(buffers, deadline, awaited);
        } else {
            ByteBuffer[] all = new ByteBuffer[buffers.length + 1];
            System.arraycopy(buffers, 0, all, 1, buffers.length);
            try {
                all[0] = aside.leaving();
                writeNow(all, deadline, awaited);
            } finally {
                releaseAside();
            }
        }
    }

    /** Sends the frames that were put aside. */
    void flush() throws IOException {
        if (!aside.isEmpty()) {
            try {
                one[0] = aside.leaving();
                if (!tryWrite(one)) {
                    leaveRest(one, timeoutFromNow(), false);
                }
            } finally {
                one[0] = null;
                releaseAside();
            }
        }
    }

    /** Runs an action under the lock once no bytes are pending; at once if there are none. */
    void whenWritten(Runnable action) {
        PendingWrites current = pending;
        if (current == null) {
            action.run();
        } else {
            current.whenWritten(action);
        }
    }

    /** Goes on writing what is pending, if that is paused, for a caller that goes on until it is not. */
    void continuePaused() throws IOException {
        PendingWrites rest = pending;
        if (rest != null && rest.isPaused()) { // else another caller has gone on, and the transport may be writing
            rest.paused(false);
            continueWriting(rest, true);
        }
    }

    /** Goes on writing what is pending, after the transport has written what it was given. */
    void continueWriting() throws IOException {
        PendingWrites rest = pending;
        if (rest != null) { // else it was abandoned
            continueWriting(rest, false);
        }
    }

    private void continueWriting(PendingWrites rest, boolean callerGoesOn) throws IOException {
        boolean all = startAll(rest.next(), rest, callerGoesOn);
        lastTaken = System.nanoTime(); // first, so that no thread sees neither
        if (all) {
            pending = null;
            rest.written();
        } else {
            rest.deadline(timeoutFromNow());
            events.deadlineHasMoved(); // the first piece may have had a later one
        }
    }

    /** Ends writing. A second call has no effect. */
    void breakOff(IOException why) {
        try {
            releaseAside();
        } finally {
            abandon(why);
        }
    }

    /** Ends writing for a thread that cannot have the lock. The memory of what was put aside is lost. */
    void abandon(IOException why) {
        boolean first = failure == null;
        failure = why;
        PendingWrites rest = pending;
        if (rest != null) {
            pending = null;
            rest.abandon();
        }
        if (first) {
            try {
                events.outputHasBroken();
            } finally {
                endWaiting(why);
            }
        }
    }

    private void endWaiting(IOException why) {
        WaitingMessages messages = waiting;
        if (messages != null) {
            messages.end(why);
        }
    }

    private void releaseAside() {
        coalescing.end();
        aside.release();
    }

    private void writeNow(ByteBuffer[] buffers, long deadline, boolean awaited) throws IOException {
        if (!tryWrite(buffers)) {
            leaveRest(buffers, deadline, awaited);
        }
    }

    /** Makes the transport write what the peer has not taken. */
    private void leaveRest(ByteBuffer[] buffers, long deadline, boolean awaited) throws IOException {
        boolean stays = awaited && WriteBatch.mayWait();
        PendingWrites rest = new PendingWrites();
        rest.add(buffers, stays);
        ByteBuffer first = rest.next();
        if (!startAll(first != null ? first : ByteBuffer.allocate(0), rest, stays)) {
            rest.deadline(deadline);
            pending = rest; // only now, so that each thread that sees it learns of its end
            events.deadlineHasMoved();
        }
    }

    /**
     * Makes the transport write one piece after another.
     *
     * @param callerGoesOn whether the caller goes on if it has written enough at once, else another thread does
     * @return false if there is more to come
     */
    private boolean startAll(ByteBuffer first, PendingWrites rest, boolean callerGoesOn) throws IOException {
        int atOnce = 0;
        for (ByteBuffer next = first; next != null; next = rest.next()) {
            atOnce += next.remaining();
            if (!transport.startWrite(next)) {
                return false;
            }
            if (atOnce >= PendingWrites.MAX_AT_ONCE && rest.size() > 0) {
                if (callerGoesOn) {
                    rest.paused(true);
                } else {
                    goOnElsewhere.run();
                }
                return false;
            }
        }
        return true;
    }

    private long timeoutFromNow() {
        return writeTimeoutNanos == 0 ? Deadlines.NONE : Deadlines.afterNanos(writeTimeoutNanos);
    }

    /** Writes a large payload in pieces, and no more than {@link PendingWrites#MAX_AT_ONCE}. */
    private boolean tryWrite(ByteBuffer[] buffers) throws IOException {
        ByteBuffer payload = buffers[buffers.length - 1];
        int piece = PendingWrites.pieceOf(payload);
        if (payload.remaining() <= piece) {
            return transport.tryWrite(buffers);
        }
        ByteBuffer[] rest = buffers.length == 1 ? buffers : one;
        int end = payload.limit();
        int enough = (int) Math.min(end, (long) payload.position() + PendingWrites.MAX_AT_ONCE);
        try {
            payload.limit(payload.position() + piece);
            boolean all = transport.tryWrite(buffers);
            rest[0] = payload;
            while (all && payload.position() < enough) {
                payload.limit(Math.min(end, payload.position() + piece));
                all = transport.tryWrite(rest);
            }
            return all && payload.position() == end;
        } finally {
            payload.limit(end);
            if (rest != buffers) {
                rest[0] = null; // an idle connection keeps no payload
            }
        }
    }
}
