package io.twintrace.websocket.internal.check;

import java.time.Duration;

/** Checks values, such as those of options. The error names the value. */
public final class Require {
    private Require() {}

    public static int atLeast(int min, int value, String name) {
        return (int) atLeast((long) min, value, name);
    }

    public static long atLeast(long min, long value, String name) {
        if (value < min) {
            throw new IllegalArgumentException(name + " is " + value + ", but must be at least " + min);
        }
        return value;
    }

    public static Duration notNegative(Duration value, String name) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(name + " is " + value + ", but must not be negative");
        }
        return value;
    }

    public static Duration positive(Duration value, String name) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " is " + value + ", but must be more than zero");
        }
        return value;
    }
}
