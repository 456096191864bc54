package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.io.DelayedCheck;
import java.util.concurrent.TimeUnit;

/**
 * Sends the frames that a connection has put aside, where the thread that has done so does not come back in time to
 * send them.
 */
class LateFlush extends DelayedCheck {
    /** A connection that has written more recently than this is expected to put frames aside again. */
    private static final long BUSY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final FrameWriter output;
    private final long delayNanos;

    /** @param delayNanos how long frames may stay put aside; they leave within two milliseconds after that */
    LateFlush(FrameWriter output, long delayNanos) {
        this.output = output;
        this.delayNanos = delayNanos;
    }

    /**
     * The first frame is about to be put aside.
     *
     * @return false where nobody would see to it that the frame leaves in time
     */
    final boolean begin() {
        output.frameBegins(); // first: the check may be made at once, and looks at the clock
        return ask();
    }

    /** A busy connection puts frames aside more often than this is looked at, and looking has to stay cheap. */
    @Override
    protected final boolean isTooEarly() {
        long age = System.nanoTime() - output.lastWrite();
        return age < (output.isFlushed() ? BUSY_NANOS : delayNanos);
    }

    @Override
    protected final void check() {
        if (output.isFlushed()) {
            return;
        }
        if (System.nanoTime() - output.lastWrite() < delayNanos) { // then the first of them was put aside
            ask();
        } else {
            isLate();
            output.flushElsewhere();
        }
    }

    /** Called before a late flush, by the timer's thread. */
    protected void isLate() {
        // Nothing else follows.
    }
}
