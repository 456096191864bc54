package io.twintrace.websocket.servlet;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Limits log lines of one kind to one every ten seconds. Safe for use by any thread. */
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

    /** Returns the end of this line, with the number of lines omitted before; null to omit this line too. */
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
