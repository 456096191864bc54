package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.ConcurrentWriteReport;
import io.twintrace.websocket.detect.ConflictResponse;

/**
 * What follows a conflict on one connection: the log and the listeners are told, then the peer is closed. Which Close
 * frame it gets is decided before either writer has its exception, so that neither can close with another one.
 */
final class Conflicts implements ConflictResponse {
    private static final byte[] CLOSE = new CloseStatus(CloseCode.INTERNAL_ERROR, "concurrent write").payload();

    private final ConcurrentWriteListener everywhere;
    private final FrameWriter frames;

    /** The application's, for this connection alone. */
    private volatile ConcurrentWriteListener own = report -> {};

    /** @param everywhere the log, and whoever wants to know of all connections */
    Conflicts(ConcurrentWriteListener everywhere, FrameWriter frames) {
        this.everywhere = everywhere;
        this.frames = frames;
    }

    /** Null for nobody. Any thread. */
    void own(ConcurrentWriteListener listener) {
        own = listener != null ? listener : report -> {};
    }

    @Override
    public void conflictFound() {
        frames.holdClose(CLOSE);
    }

    /** The log first. */
    @Override
    public void onConcurrentWrite(ConcurrentWriteReport report) {
        frames.tellOfConflict();
        everywhere.andThen(own).onConcurrentWrite(report);
    }

    /** A test that ends when its client sees the Close frame has a conflict by then, and not the test after it. */
    @Override
    public void everybodyTold() {
        frames.releaseClose();
    }
}
