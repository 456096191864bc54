package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.Milestone;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * The state of the closing handshake (RFC 6455 section 7), and so of a connection. What has happened once stays so. Any
 * thread may call these methods.
 *
 * <p>This class sends nothing: {@link ControlFrameWriter} writes this side's Close frame, and the drivers in {@code
 * internal.engine} answer the peer's and close the TCP connection.
 */
public final class CloseHandshake {
    /** How far a connection has come. A state never goes back to an earlier one. */
    public enum State {
        /** Messages pass in both directions. */
        OPEN,
        /** This side has decided on its Close frame, and sends no more messages. */
        CLOSE_SENT,
        /** The peer's Close frame has come, and this side may still write. */
        CLOSE_RECEIVED,
        /** The peer's Close frame has come, and this side's is out or can never be written. */
        CLOSED,
        /** Reading or writing has ended without a Close frame of the peer. */
        FAILED
    }

    private static final VarHandle REQUEST;

    static {
        try {
            REQUEST = MethodHandles.lookup().findVarHandle(CloseHandshake.class, "request", Request.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long timeoutNanos;

    /** Written through {@link #REQUEST}. Every write of a frame looks at it, so it is no object of its own. */
    private volatile Request request;

    private final Milestone writingEnded = new Milestone();

    /** The thread that tells listeners of a conflict while the Close frame is held. */
    private volatile Thread teller;

    private volatile CloseStatus received;
    private volatile boolean answer;
    private volatile boolean receivedLast;
    private volatile boolean readingEnded;

    /** The Close frame that this side sends, and the time by which everything has to end. */
    private static final class Request {
        private final byte[] payload;
        private final long deadline;

        /** Whether listeners have to be told first. Becomes false once. */
        private volatile boolean held;

        Request(byte[] payload, long deadline, boolean held) {
            this.payload = payload;
            this.deadline = deadline;
            this.held = held;
        }
    }

    public CloseHandshake(long timeoutNanos) {
        this.timeoutNanos = timeoutNanos;
    }

    /** Returns how far the connection has come. */
    public State state() {
        if (received != null) {
            return hasWritingEnded() ? State.CLOSED : State.CLOSE_RECEIVED;
        }
        if (readingEnded || (hasWritingEnded() && request == null)) {
            return State.FAILED;
        }
        return request == null ? State.OPEN : State.CLOSE_SENT;
    }

    // ---- This side's Close frame ----------------------------------------------------------------------------------

    /**
     * Decides for good which Close frame is sent. From now on everything has to end within the close timeout.
     *
     * @return false if that was decided before
     */
    public boolean request(byte[] payload) {
        if (Thread.currentThread() == teller) {
            release(); // a listener that is being told closes, and must not wait for itself
        }
        return decide(payload, false);
    }

    /** The same for a Close frame that is not sent before {@link #release}. */
    public boolean hold(byte[] payload) {
        return decide(payload, true);
    }

    private boolean decide(byte[] payload, boolean held) {
        return request == null
                && REQUEST.compareAndSet(this, null, new Request(payload, Deadlines.afterNanos(timeoutNanos), held));
    }

    /** Announces that the calling thread tells listeners why the Close frame is held, until {@link #release}. */
    public void tell() {
        teller = Thread.currentThread();
    }

    /** Allows the Close frame to be sent, if it was held. */
    public void release() {
        teller = null;
        Request decided = request;
        if (decided != null) {
            decided.held = false;
        }
    }

    /** Returns whether this side has decided to close, even if the Close frame is still held. */
    public boolean isDecided() {
        return request != null;
    }

    /** Returns the payload of the Close frame to send; null if none is to be sent yet. */
    public byte[] requested() {
        Request decided = request;
        return decided == null || decided.held ? null : decided.payload;
    }

    /** Returns the code of the Close frame that this side has decided on; 0 if it has not. */
    public int decidedCode() {
        Request decided = request;
        if (decided == null) {
            return 0;
        }
        return decided.payload.length < 2
                ? CloseCode.NO_STATUS
                : ByteBuffer.wrap(decided.payload).getChar(0);
    }

    /**
     * Returns the time by which the connection has to end; {@link Deadlines#NONE} before this side decides to close.
     */
    public long deadline() {
        Request decided = request;
        return decided == null ? Deadlines.NONE : decided.deadline;
    }

    /** Notes that nothing more will be written: the Close frame is out, or the stream is broken. */
    public void writingEnded() {
        writingEnded.reach();
    }

    public boolean hasWritingEnded() {
        return writingEnded.isReached();
    }

    /** Waits until nothing more will be written. Returns false at the deadline. */
    public boolean awaitWritingEnded() throws InterruptedException {
        return writingEnded.await(Deadlines.remaining(deadline()));
    }

    // ---- The peer's Close frame -----------------------------------------------------------------------------------

    /** Notes the peer's Close frame. Call this before the Close frame that answers it is requested. */
    public void received(CloseStatus status) {
        answer = requested() != null;
        received = status;
    }

    /** Returns whether the peer's Close frame came after this side had requested one. */
    public boolean isReceivedAsAnswer() {
        return answer;
    }

    /** Returns the peer's Close frame, or null. */
    public CloseStatus received() {
        return received;
    }

    /** Notes that most likely nothing follows the peer's Close frame. Call this before {@link #readingEnded}. */
    public void receivedLast() {
        receivedLast = true;
    }

    /** Returns whether nothing follows the peer's Close frame, so that no thread needs to wait for more. */
    public boolean isReceivedLast() {
        return receivedLast;
    }

    /** Notes that nothing more will be read. */
    public void readingEnded() {
        readingEnded = true;
    }

    public boolean hasReadingEnded() {
        return readingEnded;
    }
}
