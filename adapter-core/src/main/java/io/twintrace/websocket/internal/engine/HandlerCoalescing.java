package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.frame.Opcode;
import io.twintrace.websocket.internal.write.Coalescing;
import io.twintrace.websocket.internal.write.FrameWriter;
import io.twintrace.websocket.internal.write.LateFlush;
import io.twintrace.websocket.internal.write.WriteBatch;

/**
 * Puts aside the frames that the reading thread writes while it has more input to read, and those of the outbox, whose
 * batch sends them. Normally the reading thread is back within microseconds, and sends its frames. If it is not, because
 * it does something else or because another thread reads on, a timer sends them late.
 */
final class HandlerCoalescing extends LateFlush implements Coalescing {
    private final BlockingReader reader;
    private final FrameWriter frames;

    /** The batch of the thread that writes for the outbox; null while no thread does. */
    private WriteBatch offers;

    /** The batch of offers that will send the frames; null if there is none. */
    private WriteBatch flushedBy;

    /** @param delayNanos how long frames may stay put aside; they leave within two milliseconds after that */
    HandlerCoalescing(FrameWriter frames, BlockingReader reader, long delayNanos) {
        super(frames, delayNanos);
        this.reader = reader;
        this.frames = frames;
    }

    @Override
    public void offeredIn(WriteBatch batch) {
        offers = batch;
    }

    @Override
    public boolean isAllowed(Opcode opcode) {
        return !opcode.isControl() && (offers != null || reader.isBackSoon());
    }

    @Override
    public boolean begin(boolean isFirst) {
        WriteBatch batch = offers;
        if (batch == null) {
            return !isFirst || beginFirst();
        }
        if (batch != flushedBy) {
            frames.flushIn(batch);
            flushedBy = batch;
        }
        return true;
    }

    @Override
    public void end() {
        flushedBy = null;
    }

    @Override
    protected void isLate() {
        reader.wasNotBackSoon();
    }
}
