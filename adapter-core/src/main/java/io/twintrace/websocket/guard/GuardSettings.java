package io.twintrace.websocket.guard;

import io.twintrace.websocket.detect.DetectorLevel;
import java.util.concurrent.atomic.LongAdder;

/** What the guards of many sessions have in common. Any thread may call the methods. */
final class GuardSettings {
    private static final LongAdder FURTHER = new LongAdder();

    private final GuardMode mode;
    private final DetectorLevel level;
    private volatile boolean ended;

    GuardSettings(GuardMode mode, DetectorLevel level) {
        this.mode = mode;
        this.level = level;
    }

    GuardMode mode() {
        return mode;
    }

    DetectorLevel level() {
        return level;
    }

    /** Lets everything happen from now on. */
    void end() {
        ended = true;
    }

    boolean haveEnded() {
        return ended;
    }

    /** Throws what a detector has thrown, if calls are to fail. */
    void throwIfFailing(Throwable t) {
        if (mode == GuardMode.FAIL) {
            if (t instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) t;
        }
    }

    void countFurther() {
        FURTHER.increment();
    }

    static long further() {
        return FURTHER.sum();
    }
}
