package io.twintrace.websocket.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The bounds of options. */
class OptionsTest {
    private static final RedisOptions DEFAULTS = RedisOptions.defaults();
    private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

    private static void refused(String text, Runnable options) {
        assertEquals(
                text, assertThrows(IllegalArgumentException.class, options::run).getMessage());
    }

    @Test
    void noTimeIsForEver() {
        refused("keepFor is " + FOR_EVER + ", but must be at most 36500 days", () -> DEFAULTS.withKeepFor(FOR_EVER));
        refused(
                "deadAfter is " + FOR_EVER + ", but must be at most 365 days",
                () -> DEFAULTS.withHeartbeat(Duration.ofSeconds(1), FOR_EVER));
        refused(
                "maxBackoff is " + FOR_EVER + ", but must be between 1 ms and 12 days",
                () -> DEFAULTS.withMaxBackoff(FOR_EVER));
    }

    @Test
    void eachMethodChangesItsOwnValue() {
        assertEquals(
                new RedisOptions(
                        "p:",
                        "node",
                        1,
                        Duration.ofHours(2),
                        3,
                        4,
                        WhenAway.DELIVER_LOCALLY,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(7),
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(9)),
                DEFAULTS.withPrefix("p:")
                        .withNode("node")
                        .withStreamLength(1)
                        .withKeepFor(Duration.ofHours(2))
                        .withMaxWaiting(3)
                        .withMaxWaitingBytes(4)
                        .withWhenAway(WhenAway.DELIVER_LOCALLY)
                        .withHeartbeat(Duration.ofSeconds(5), Duration.ofSeconds(60))
                        .withConnectTimeout(Duration.ofSeconds(7))
                        .withReadTimeout(Duration.ofSeconds(8))
                        .withMaxBackoff(Duration.ofSeconds(9)));
    }
}
