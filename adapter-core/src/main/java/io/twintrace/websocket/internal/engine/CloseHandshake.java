package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.internal.io.Deadlines;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How far the closing handshake (RFC 6455 section 7) has come. Shared by the reading and the writing half; every method
 * may be called by any thread.
 */
final class CloseHandshake {
    private final long timeoutNanos;
    private final AtomicReference<Request> request = new AtomicReference<>();
    private final CountDownLatch writingEnded = new CountDownLatch(1);

    /** The thread that tells others while the Close frame is held. */
    private volatile Thread teller;

    private volatile CloseStatus received;
    private volatile boolean answer;
    private volatile boolean receivedLast;
    private volatile boolean readingEnded;

    /** Which Close frame is sent, and until when everything has to end. */
    private static final class Request {
        private final byte[] payload;
        private final long deadline;

        /** Whether others have to be told first; set back once. */
        private volatile boolean held;

        Request(byte[] payload, long deadline, boolean held) {
            this.payload = payload;
            this.deadline = deadline;
            this.held = held;
        }
    }

    CloseHandshake(long timeoutNanos) {
        this.timeoutNanos = timeoutNanos;
    }

    /**
     * Decides for good which Close frame is sent. From now on everything has to end within the close timeout.
     *
     * @return false when that had been decided before
     */
    boolean request(byte[] payload) {
        if (Thread.currentThread() == teller) {
            release(); // one of those who are told closes, and must not wait for itself
        }
        return decide(payload, false);
    }

    /** The same for a Close frame that is sent after {@link #release}, and not before. */
    boolean hold(byte[] payload) {
        return decide(payload, true);
    }

    private boolean decide(byte[] payload, boolean held) {
        return request.get() == null
                && request.compareAndSet(null, new Request(payload, Deadlines.afterNanos(timeoutNanos), held));
    }

    /** The calling thread tells others of what the Close frame is held for, until {@link #release}. */
    void tell() {
        teller = Thread.currentThread();
    }

    /** The Close frame may be sent, if it was held. */
    void release() {
        teller = null;
        Request asked = request.get();
        if (asked != null) {
            asked.held = false;
        }
    }

    /** Whether this side has decided to close, even if the Close frame is still held. */
    boolean isDecided() {
        return request.get() != null;
    }

    /** The payload of the Close frame to send, or null while none is to be sent. */
    byte[] requested() {
        Request asked = request.get();
        return asked == null || asked.held ? null : asked.payload;
    }

    /** When the connection has to be closed at the latest; {@link Deadlines#NONE} while nobody closes it. */
    long deadline() {
        Request asked = request.get();
        return asked == null ? Deadlines.NONE : asked.deadline;
    }

    /** Takes note of the peer's Close frame; before the one that answers it is requested. */
    void received(CloseStatus status) {
        answer = requested() != null;
        received = status;
    }

    /** Whether the peer's Close frame came after this side had asked for one. */
    boolean isReceivedAsAnswer() {
        return answer;
    }

    /** The peer's Close frame, or null. */
    CloseStatus received() {
        return received;
    }

    /** Takes note that most likely nothing came behind the peer's Close frame; before the end of reading. */
    void receivedLast() {
        receivedLast = true;
    }

    /** Whether the peer's Close frame was its last word, so that nobody needs to wait for more. */
    boolean isReceivedLast() {
        return receivedLast;
    }

    /** Whether both Close frames have passed. */
    boolean isDone() {
        return received != null && hasWritingEnded();
    }

    /** Takes note that nothing more will be read. */
    void readingEnded() {
        readingEnded = true;
    }

    boolean hasReadingEnded() {
        return readingEnded;
    }

    /** Takes note that nothing more will be written: the Close frame is out, or the stream is broken. */
    void writingEnded() {
        writingEnded.countDown();
    }

    boolean hasWritingEnded() {
        return writingEnded.getCount() == 0;
    }

    /** Waits until nothing more will be written; false when the deadline came first. */
    boolean awaitWritingEnded() throws InterruptedException {
        return writingEnded.await(Deadlines.remaining(deadline()), TimeUnit.NANOSECONDS);
    }
}
