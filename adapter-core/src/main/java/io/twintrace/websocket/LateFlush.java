package io.twintrace.websocket;

import io.twintrace.websocket.transport.DelayedCheck;

/**
 * Sends the frames that a connection has put aside, where the thread that has done so does not come back in time to
 * send them.
 */
class LateFlush extends DelayedCheck {
    private final FrameOutput output;
    private final long delayNanos;

    /** @param delayNanos how long frames stay put aside at most, give or take a millisecond */
    LateFlush(FrameOutput output, long delayNanos) {
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
