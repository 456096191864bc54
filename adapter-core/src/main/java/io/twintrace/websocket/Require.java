package io.twintrace.websocket;

import java.time.Duration;

/** Checks the values of options. The error names the option. */
final class Require {
    private Require() {}

    static int atLeast(int min, int value, String name) {
        return (int) atLeast((long) min, value, name);
    }

    static long atLeast(long min, long value, String name) {
        if (value < min) {
            throw new IllegalArgumentException(name + " is " + value + ", but must be at least " + min);
        }
        return value;
    }

    static Duration notNegative(Duration value, String name) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(name + " is " + value + ", but must not be negative");
        }
        return value;
    }

    static Duration positive(Duration value, String name) {
        if (notNegative(value, name).isZero()) {
            throw new IllegalArgumentException(name + " is " + value + ", but must be more than zero");
        }
        return value;
    }
}
