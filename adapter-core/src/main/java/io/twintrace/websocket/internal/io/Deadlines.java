package io.twintrace.websocket.internal.io;

import java.time.Duration;
import java.time.Instant;

/** Computes deadlines as values of {@link System#nanoTime()}. {@link #NONE} means that there is no deadline. */
public final class Deadlines {
    /** No deadline. */
    public static final long NONE = Long.MAX_VALUE;

    /** About 146 years: long enough to mean never, short enough that no sum overflows. */
    private static final long FURTHEST = Long.MAX_VALUE / 2;

    private Deadlines() {}

    /** Returns the deadline {@code timeout} from now, or {@link #NONE} for a timeout of zero. */
    public static long after(Duration timeout) {
        return timeout.isZero() ? NONE : afterNanos(nanos(timeout));
    }

    /** Returns the deadline {@code timeout} from a time of {@link System#nanoTime()}. */
    public static long after(long time, Duration timeout) {
        return notNone(time + nanos(timeout));
    }

    /** Returns the deadline {@code nanos} from now. */
    public static long afterNanos(long nanos) {
        return notNone(System.nanoTime() + nanos);
    }

    /** Converts a time of the wall clock, as the clock stands now. Returns {@link #NONE} for null. */
    public static long at(Instant instant) {
        return instant == null ? NONE : afterNanos(nanos(Duration.between(Instant.now(), instant)));
    }

    /** Returns the earlier one of two deadlines. */
    public static long earlier(long a, long b) {
        if (a == NONE || b == NONE) {
            return a == NONE ? b : a;
        }
        return a - b <= 0 ? a : b;
    }

    /** Returns the nanoseconds left: zero or less once the deadline has passed, {@link Long#MAX_VALUE} for none. */
    public static long remaining(long deadline) {
        return deadline == NONE ? Long.MAX_VALUE : deadline - System.nanoTime();
    }

    /** Converts a duration to nanoseconds, limited to a range in which sums here do not overflow. */
    public static long nanos(Duration duration) {
        if (duration.compareTo(Duration.ofNanos(FURTHEST)) > 0) {
            return FURTHEST;
        }
        return duration.compareTo(Duration.ofNanos(-FURTHEST)) < 0 ? -FURTHEST : duration.toNanos();
    }

    private static long notNone(long deadline) {
        return deadline == NONE ? NONE - 1 : deadline;
    }
}
