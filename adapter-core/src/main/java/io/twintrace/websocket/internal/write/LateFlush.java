package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.internal.io.DelayedCheck;
import java.util.concurrent.TimeUnit;

/**
 * Sends the frames that a connection has put aside if the thread that put them aside does not return in time to send
 * them.
 */
public class LateFlush extends DelayedCheck {
    /** A connection that has written more recently than this is expected to put frames aside again soon. */
    private static final long BUSY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final FrameWriter frames;
    private final long delayNanos;

    /** @param delayNanos how long frames may stay put aside; they leave within two milliseconds after that */
    public LateFlush(FrameWriter frames, long delayNanos) {
        this.frames = frames;
        this.delayNanos = delayNanos;
    }

    /**
     * Announces that the first frame is about to be put aside.
     *
     * @return false if nothing would send the frame in time
     */
    protected final boolean beginFirst() {
        frames.noteWrite(); // first, because the check may run at once and reads this time
        return ask();
    }

    /**
     * Returns whether a check would come too early. A busy connection puts frames aside more often than it is checked,
     * and this keeps the checks cheap.
     */
    @Override
    protected final boolean isTooEarly() {
        long age = System.nanoTime() - frames.lastWrite();
        return age < (frames.isFlushed() ? BUSY_NANOS : delayNanos) || isBeingFlushed();
    }

    @Override
    protected final void check() {
        if (frames.isFlushed()) {
            return;
        }
        if (System.nanoTime() - frames.lastWrite() < delayNanos || isBeingFlushed()) { // or was put aside recently
            ask();
        } else {
            isLate();
            frames.flushElsewhere();
        }
    }

    /** Returns whether a thread is just sending the frames of many connections, these among them. */
    protected boolean isBeingFlushed() {
        return false;
    }

    /** Notes that a flush is late. The timer's thread calls this before the flush. */
    protected void isLate() {
        // Nothing to do by default.
    }
}
