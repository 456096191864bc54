package io.twintrace.websocket;

import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.ConcurrentWriteReport;
import io.twintrace.websocket.frame.CloseCode;
import io.twintrace.websocket.frame.CloseStatus;

/** What follows a conflict on one connection: who has to know is told, and the peer is closed. */
final class Conflicts implements ConcurrentWriteListener {
    private final ConcurrentWriteListener everywhere;
    private final FrameOutput frames;

    /** The application's, for this connection alone. */
    private volatile ConcurrentWriteListener own = report -> {};

    /** @param everywhere the log, and whoever wants to know of all connections */
    Conflicts(ConcurrentWriteListener everywhere, FrameOutput frames) {
        this.everywhere = everywhere;
        this.frames = frames;
    }

    /** Null for nobody. Any thread. */
    void own(ConcurrentWriteListener listener) {
        own = listener != null ? listener : report -> {};
    }

    /** On the second of the two threads, at the moment of detection: the log first, since sending may have to wait. */
    @Override
    public void onConcurrentWrite(ConcurrentWriteReport report) {
        try {
            everywhere.andThen(own).onConcurrentWrite(report);
        } finally {
            frames.requestClose(new CloseStatus(CloseCode.INTERNAL_ERROR, "concurrent write").payload());
        }
    }
}
