package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.jfr.ConnectionEvents;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Counts the times from Pings to their Pongs on all connections of one servlet or upgrader. Takes no lock, because
 * threads of the container call it. Any thread may call these methods.
 */
public final class RoundTrips {
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String application;
    private final String servlet;
    private final LongSupplier nanoTime;

    private final LongAdder count = new LongAdder();
    private final LongAdder totalNanos = new LongAdder();

    /** The longest of this minute and of the minute before, by the minute's parity. */
    private final AtomicLongArray longest = new AtomicLongArray(2);

    private final AtomicLong minute;

    /** The names are for the flight recorder. */
    public RoundTrips(String application, String servlet) {
        this(application, servlet, System::nanoTime);
    }

    RoundTrips(String application, String servlet, LongSupplier nanoTime) {
        this.application = application;
        this.servlet = servlet;
        this.nanoTime = nanoTime;
        this.minute = new AtomicLong(currentMinute());
    }

    /** Counts a round trip of a connection. */
    void add(long connection, Duration measured) {
        long nanos = measured.toNanos();
        count.increment();
        totalNanos.add(nanos);
        longest.accumulateAndGet(slot(advance()), nanos, Math::max);
        ConnectionEvents.pingRoundTrip(application, servlet, connection, nanos);
    }

    /** Returns how many there were. */
    public long count() {
        return count.sum();
    }

    /** Returns their sum. */
    public Duration total() {
        return Duration.ofNanos(totalNanos.sum());
    }

    /** Returns the longest of the last one to two minutes; zero if there were none. */
    public Duration recentLongest() {
        long unused = advance();
        return Duration.ofNanos(Math.max(longest.get(0), longest.get(1)));
    }

    /** Forgets what is too old. One thread does so each minute; another may lose its round trip meanwhile, or be late. */
    private long advance() {
        long now = currentMinute();
        long known = minute.get();
        if (now > known && minute.compareAndSet(known, now)) {
            longest.set(slot(now), 0);
            if (now - known > 1) {
                longest.set(slot(now - 1), 0);
            }
        }
        return now;
    }

    private static int slot(long ofMinute) {
        return (int) (ofMinute & 1);
    }

    private long currentMinute() {
        return Math.floorDiv(nanoTime.getAsLong(), MINUTE_NANOS);
    }
}
