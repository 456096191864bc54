package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.frame.Opcode;
import io.twintrace.websocket.internal.write.Coalescing;
import io.twintrace.websocket.internal.write.FrameWriter;
import io.twintrace.websocket.internal.write.LateFlush;

/**
 * Puts aside the frames that the reading thread writes while it has more input to read. Normally it is back within
 * microseconds, and sends the frames. If it is not, because it does something else or because another thread reads on,
 * a timer sends them late.
 */
final class HandlerCoalescing extends LateFlush implements Coalescing {
    private final BlockingReader reader;

    /** @param delayNanos how long frames may stay put aside; they leave within two milliseconds after that */
    HandlerCoalescing(FrameWriter frames, BlockingReader reader, long delayNanos) {
        super(frames, delayNanos);
        this.reader = reader;
    }

    @Override
    public boolean isAllowed(Opcode opcode) {
        return !opcode.isControl() && reader.isBackSoon();
    }

    @Override
    public boolean begin(boolean isFirst) {
        return !isFirst || beginFirst();
    }

    @Override
    protected void isLate() {
        reader.wasNotBackSoon();
    }
}
