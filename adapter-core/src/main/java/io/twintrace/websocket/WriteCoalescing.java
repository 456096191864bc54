package io.twintrace.websocket;

import io.twintrace.websocket.transport.DelayedCheck;

/**
 * Decides which frames a handler's connection puts aside to leave together: those that the reading thread writes while
 * it has more input to come back to. Normally it is back within microseconds, and sends them. Where it is not, because
 * it does something else or because another thread reads on, they leave after this delay all the same.
 */
final class WriteCoalescing extends DelayedCheck {
    private final FrameOutput output;
    private final ReadHalf reading;
    private final long delayNanos;

    /** @param delayNanos how long frames stay put aside at most, give or take a millisecond */
    WriteCoalescing(FrameOutput output, ReadHalf reading, long delayNanos) {
        this.output = output;
        this.reading = reading;
        this.delayNanos = delayNanos;
    }

    /** Whether the calling thread may put aside what it writes. */
    boolean isAllowed() {
        return reading.isBackSoon();
    }

    @Override
    protected void check() {
        if (output.isFlushed()) {
            return;
        }
        if (System.nanoTime() - output.lastWrite() < delayNanos) { // then the first of them was put aside
            ask();
        } else {
            reading.wasNotBackSoon();
            output.flushElsewhere();
        }
    }
}
