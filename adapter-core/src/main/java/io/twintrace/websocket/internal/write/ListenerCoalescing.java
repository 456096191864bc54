package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.internal.frame.Opcode;
import io.twintrace.websocket.internal.io.Deadlines;

/**
 * Puts aside the frames that are written in a listener's turn. The turn sends them at its end. If the listener's calls
 * may take long, a timer sends them earlier.
 */
public final class ListenerCoalescing implements Coalescing {
    private final FrameWriter frames;
    private final WebSocketOptions options;

    /**
     * The calling thread's turn, which {@link #isAllowed} sets until {@link #end}. It holds the thread's last message.
     */
    private WriteBatch turn;

    /**
     * The turn that will send the frames; null if there are none. The first frames may come from other turns. The timer
     * reads it, and need not be certain.
     */
    private WriteBatch flushedBy;

    /** Null until a call that may take long has put a frame aside. */
    private LateFlush lateFlush;

    /** @param options tell how long frames may stay put aside in a turn that may take long */
    public ListenerCoalescing(FrameWriter frames, WebSocketOptions options) {
        this.frames = frames;
        this.options = options;
    }

    /** What is written to more connections than a turn may hold back leaves at once. */
    @Override
    public boolean isAllowed(Opcode opcode) {
        WriteBatch current = WriteBatch.current();
        turn = current == null || !current.isFull() || current == flushedBy ? current : null;
        return turn != null;
    }

    @Override
    public boolean begin(boolean isFirst) {
        if (turn != flushedBy) {
            turn.add(frames); // first: if the stack overflows in this call, the next frame tries again
            flushedBy = turn;
            if (turn.mayBlock()) {
                askForLateFlush();
            }
        }
        return true;
    }

    /** Asks for a late flush. Turns that may not block are short and need no timer. */
    private void askForLateFlush() {
        if (lateFlush == null) {
            lateFlush = new LateFlush(frames, Deadlines.nanos(options.coalescingDelay())) {
                @Override
                protected boolean isBeingFlushed() {
                    WriteBatch by = flushedBy;
                    return by != null && by.isFlushing();
                }
            };
        }
        boolean unused = lateFlush.ask(); // if the system has no thread for it, the turn still sends the frames
    }

    @Override
    public void end() {
        turn = null;
        flushedBy = null;
    }
}
