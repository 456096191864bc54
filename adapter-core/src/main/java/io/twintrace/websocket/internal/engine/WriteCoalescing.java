package io.twintrace.websocket.internal.engine;

/**
 * Decides which frames a handler's connection puts aside to leave together: those that the reading thread writes while
 * it has more input to come back to. Normally it is back within microseconds, and sends them. Where it is not, because
 * it does something else or because another thread reads on, they leave late, but all the same.
 */
final class WriteCoalescing extends LateFlush {
    private final ReadHalf reading;

    /** @param delayNanos how long frames may stay put aside; they leave within two milliseconds after that */
    WriteCoalescing(FrameWriter output, ReadHalf reading, long delayNanos) {
        super(output, delayNanos);
        this.reading = reading;
    }

    /** Whether the calling thread may put aside what it writes. */
    boolean isAllowed() {
        return reading.isBackSoon();
    }

    @Override
    protected void isLate() {
        reading.wasNotBackSoon();
    }
}
