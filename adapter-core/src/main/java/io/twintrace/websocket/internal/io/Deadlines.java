package io.twintrace.websocket.internal.io;

import java.time.Duration;
import java.time.Instant;

/** Deadlines as points on the time line of {@link System#nanoTime()}, with {@link #NONE} for "never". */
public final class Deadlines {
    /** No deadline. */
    public static final long NONE = Long.MAX_VALUE;

    /** About 146 years: far enough away to mean never, near enough that no sum overflows. */
    private static final long FURTHEST = Long.MAX_VALUE / 2;

    private Deadlines() {}

    /** The deadline {@code timeout} from now; {@link #NONE} for a timeout of zero. */
    public static long after(Duration timeout) {
        return timeout.isZero() ? NONE : afterNanos(nanos(timeout));
    }

    /** The deadline {@code nanos} from now. */
    public static long afterNanos(long nanos) {
        return notNone(System.nanoTime() + nanos);
    }

    /** The deadline at a point of the wall clock, as the clock stands now; {@link #NONE} for null. */
    public static long at(Instant instant) {
        return instant == null ? NONE : afterNanos(nanos(Duration.between(Instant.now(), instant)));
    }

    /** The one that comes first. */
    public static long earlier(long a, long b) {
        if (a == NONE || b == NONE) {
            return a == NONE ? b : a;
        }
        return a - b <= 0 ? a : b;
    }

    /** Nanoseconds until {@code deadline}: zero or less once it has passed, {@link Long#MAX_VALUE} for none. */
    public static long remaining(long deadline) {
        return deadline == NONE ? Long.MAX_VALUE : deadline - System.nanoTime();
    }

    /** The length of {@code duration} in nanoseconds, cut to what the arithmetic here can bear. */
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
