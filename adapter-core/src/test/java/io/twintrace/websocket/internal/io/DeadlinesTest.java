package io.twintrace.websocket.internal.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private static final long HOUR = Duration.ofHours(1).toNanos();

    @Test
    void noneIsLaterThanAnything() {
        long far = Deadlines.afterNanos(Deadlines.nanos(Duration.ofSeconds(Long.MAX_VALUE)));
        assertEquals(far, Deadlines.earlier(far, Deadlines.NONE));
        assertEquals(far, Deadlines.earlier(Deadlines.NONE, far));
        assertEquals(Deadlines.NONE, Deadlines.earlier(Deadlines.NONE, Deadlines.NONE));
        assertEquals(Long.MAX_VALUE, Deadlines.remaining(Deadlines.NONE));
        assertNotEquals(Deadlines.NONE, far);
    }

    @Test
    void theEarlierOfTwoComesFirstEvenWhereTheClockWrapsAround() {
        long late = Long.MIN_VALUE + 10;
        long early = Long.MAX_VALUE - 10;
        assertEquals(early, Deadlines.earlier(late, early));
        assertEquals(early, Deadlines.earlier(early, late));
    }

    @Test
    void durationsOfAnyLengthAreBorne() {
        assertTrue(Deadlines.remaining(Deadlines.afterNanos(Deadlines.nanos(Duration.ofSeconds(Long.MAX_VALUE)))) > 0);
        assertTrue(Deadlines.remaining(Deadlines.afterNanos(Deadlines.nanos(Duration.ofSeconds(Long.MIN_VALUE)))) < 0);
        assertEquals(Deadlines.NONE, Deadlines.after(Duration.ZERO));
        assertTrue(Deadlines.remaining(Deadlines.after(Duration.ofHours(2))) > HOUR);
    }

    @Test
    void pointsOfTheWallClockAreReadWhenTheyAreGiven() {
        assertEquals(Deadlines.NONE, Deadlines.at(null));
        long inTwoHours = Deadlines.remaining(Deadlines.at(Instant.now().plusSeconds(7200)));
        assertTrue(inTwoHours > HOUR && inTwoHours <= 2 * HOUR);
        assertTrue(Deadlines.remaining(Deadlines.at(Instant.now().minusSeconds(1))) < 0);
        assertTrue(Deadlines.remaining(Deadlines.at(Instant.MAX)) > HOUR);
        assertTrue(Deadlines.remaining(Deadlines.at(Instant.MIN)) < 0);
    }
}
