package io.twintrace.websocket.servlet;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Leaves lines of one kind out of the log: one in ten seconds is enough. Any thread. */
final class LogRate {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LongSupplier nanoTime;
    private long last;
    private long omitted = -1; // before the first line

    LogRate() {
        this(System::nanoTime);
    }

    LogRate(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** What this line is to end with, about those left out since the last one; null where this one is left out too. */
    synchronized String next() {
        long now = nanoTime.getAsLong();
        if (omitted >= 0 && now - last < PAUSE_NANOS) {
            omitted++;
            return null;
        }
        String end = omitted > 0 ? "; " + omitted + " more since the last such line" : "";
        last = now;
        omitted = 0;
        return end;
    }
}
