package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.internal.frame.Opcode;
import io.twintrace.websocket.internal.io.BufferPool;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes bytes without waiting for the peer. It may put small frames aside to leave together. Bytes that the peer does
 * not take at once are pending: the transport writes them by itself, and a thread that may wait waits for that. The
 * holder of the {@link FrameLock} calls these methods, except where they say otherwise.
 */
final class Output extends OutputStatus {
    /** Whose output this is. */
    interface Owner {
        /** Has another thread take the lock and call {@link Output#continueWriting}, because this one has written enough. */
        void continueElsewhere();
    }

    private final Transport transport;
    private final Owner owner;
    private final long writeTimeoutNanos;
    private final SmallFrames aside;

    private Coalescing coalescing;
    private WriteEvents events;

    /** Null until an outbox is used. */
    private volatile WaitingMessages waiting;

    /** Guarded by the lock. Null until the first use. See {@link #spare}. */
    private ByteBuffer[] spare;

    /**
     * @param pendingLimit how many bytes may be pending before a thread that may not wait cannot write more messages
     */
    Output(Transport transport, BufferPool pool, Owner owner, long pendingLimit, long writeTimeoutNanos) {
        super(pendingLimit);
        this.transport = transport;
        this.owner = owner;
        this.writeTimeoutNanos = writeTimeoutNanos;
        this.aside = new SmallFrames(pool);
    }

    /** Call this once, before the first write. */
    void attach(Coalescing newCoalescing, WriteEvents newEvents) {
        coalescing = newCoalescing;
        events = newEvents;
    }

    // ---- Any thread, without the lock -----------------------------------------------------------------------------

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

    /**
     * Returns an array for one buffer, which the caller takes out again, because an idle connection keeps no payload.
     *
     * <p>Its uses never overlap. Only the lock's holder uses it, and {@link #flush} and {@link #write} do not call each
     * other before they have tried to write, or copied, what is in it. The pieces of a large payload use it only if the
     * buffers are in another array. If that is because frames were put aside, it has a copy of what is in this one.
     */
    ByteBuffer[] spare() {
        if (spare == null) {
            spare = new ByteBuffer[1];
        }
        return spare;
    }

    /** Sends the frames that were put aside. */
    void flush() throws IOException {
        if (!aside.isEmpty()) {
            ByteBuffer[] one = spare();
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
            if (atOnce >= Pieces.MAX_AT_ONCE && rest.size() > 0) {
                if (callerGoesOn) {
                    rest.paused(true);
                } else {
                    owner.continueElsewhere();
                }
                return false;
            }
        }
        return true;
    }

    private long timeoutFromNow() {
        return writeTimeoutNanos == 0 ? Deadlines.NONE : Deadlines.afterNanos(writeTimeoutNanos);
    }

    private boolean tryWrite(ByteBuffer[] buffers) throws IOException {
        return Pieces.isOne(buffers)
                ? transport.tryWrite(buffers)
                : Pieces.tryWrite(transport, buffers, buffers.length == 1 ? buffers : spare());
    }
}
