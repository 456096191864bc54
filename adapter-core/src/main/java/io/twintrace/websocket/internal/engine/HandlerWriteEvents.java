package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.io.DeadlineTimer;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.Transport;
import io.twintrace.websocket.internal.write.CloseHandshake;
import io.twintrace.websocket.internal.write.FrameWriter;
import io.twintrace.websocket.internal.write.PendingStatus;
import io.twintrace.websocket.internal.write.WriteEvents;
import io.twintrace.websocket.internal.write.WriteThreads;
import java.util.concurrent.TimeUnit;

/**
 * Handles the write events of a handler's connection. The connection's reading thread may wait for input or may be
 * elsewhere.
 */
final class HandlerWriteEvents implements WriteEvents {
    /** A thread that waits for pending bytes has the same deadline, and its own stack makes the better report. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Transport transport;
    private final FrameWriter frames;
    private final CloseHandshake closing;
    private final UnreadWarning unread;

    /** Ends a write that the peer does not take in time. Null until bytes have been pending. */
    private volatile DeadlineTimer timer;

    HandlerWriteEvents(Transport transport, FrameWriter frames, CloseHandshake closing, UnreadWarning unread) {
        this.transport = transport;
        this.frames = frames;
        this.closing = closing;
        this.unread = unread;
    }

    @Override
    public void deadlineHasMoved() {
        if (closing.isDecided()) {
            transport.readDeadline(System.nanoTime()); // wakes a waiting reader, which takes over the new deadline
        }
        if (frames.pending().hasPending()) {
            timer().look();
        }
    }

    private synchronized DeadlineTimer timer() {
        if (timer == null) {
            timer = DeadlineTimer.of(this::deadline, () -> WriteThreads.start(frames::timeOutIfLate));
        }
        return timer;
    }

    private long deadline() {
        PendingStatus pending = frames.pending();
        if (!pending.hasPending()) {
            return Deadlines.NONE;
        }
        long deadline = pending.deadline();
        return Deadlines.earlier(deadline == Deadlines.NONE ? deadline : deadline + GRACE_NANOS, closing.deadline());
    }

    @Override
    public void closingHasEnded() {
        if (closing.received() == null) {
            return; // a peer that has not closed may still send, and the reading thread gives it time
        }
        // At once, because the handler may take long before it closes the rest.
        if (!transport.shutdownOutput()) {
            transport.close();
        }
    }

    @Override
    public void outputHasBroken() {
        // The next read or write throws.
    }

    @Override
    public void connectionEnded() {
        DeadlineTimer current = timer;
        if (current != null) {
            current.end();
        }
    }

    @Override
    public void frameWritten() {
        unread.look();
    }
}
