package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.ConcurrentWriteReport;
import io.twintrace.websocket.detect.ConflictResponse;
import io.twintrace.websocket.internal.write.ControlFrameWriter;

/**
 * Handles a conflict on one connection: informs the log and the listeners, then closes the connection. The Close frame
 * is decided before either writer gets its exception, so that neither can close with another one.
 */
final class ConflictHandling implements ConflictResponse {
    private static final byte[] CLOSE = new CloseStatus(CloseCode.INTERNAL_ERROR, "concurrent write").payload();

    private final ConcurrentWriteListener everywhere;
    private final ControlFrameWriter control;

    /** The application's listener for this connection alone. */
    private volatile ConcurrentWriteListener own = report -> {};

    /** @param everywhere informs the log and the listeners for all connections */
    ConflictHandling(ConcurrentWriteListener everywhere, ControlFrameWriter control) {
        this.everywhere = everywhere;
        this.control = control;
    }

    /** Sets the listener for this connection; null for none. Any thread may call this. */
    void own(ConcurrentWriteListener listener) {
        own = listener != null ? listener : report -> {};
    }

    @Override
    public void conflictFound() {
        control.holdClose(CLOSE);
    }

    /** Informs the log first. */
    @Override
    public void onConcurrentWrite(ConcurrentWriteReport report) {
        control.tellOfConflict();
        everywhere.andThen(own).onConcurrentWrite(report);
    }

    /**
     * Sends the Close frame. This comes last so that a test that ends when its client sees the Close frame already has
     * the conflict. Otherwise the next test could get it.
     */
    @Override
    public void everybodyTold() {
        control.releaseClose();
    }
}
