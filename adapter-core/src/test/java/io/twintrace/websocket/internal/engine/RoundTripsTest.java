package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The times from Pings to their Pongs. */
@Timeout(60)
class RoundTripsTest {
    private final AtomicLong clock = new AtomicLong();
    private final RoundTrips trips = new RoundTrips("/chat", "rooms", clock::get);

    private void passes(long seconds) {
        clock.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void theyAreCountedAndAdded() {
        trips.add(1, Duration.ofMillis(20));
        trips.add(2, Duration.ofMillis(30));
        assertEquals(2, trips.count());
        assertEquals(Duration.ofMillis(50), trips.total());
    }

    /** The clock of a virtual machine may begin below zero. */
    @ParameterizedTest
    @ValueSource(longs = {0, -90, Long.MIN_VALUE / 2_000_000_000})
    void theLongestIsForgottenAfterTwoMinutesAtMost(long beginSeconds) {
        passes(beginSeconds);
        RoundTrips trips = new RoundTrips("/chat", "rooms", clock::get);
        assertEquals(Duration.ZERO, trips.recentLongest());
        trips.add(1, Duration.ofMillis(900));
        passes(60);
        trips.add(1, Duration.ofMillis(40));
        assertEquals(Duration.ofMillis(900), trips.recentLongest());
        passes(60);
        assertEquals(Duration.ofMillis(40), trips.recentLongest());
        passes(120);
        assertEquals(Duration.ZERO, trips.recentLongest());
        assertEquals(2, trips.count());
    }

    /** It has read the clock just before the minute was over. */
    @Test
    void aThreadThatIsLateDoesNotSetTheMinuteBack() {
        passes(60);
        trips.add(1, Duration.ofMillis(900));
        passes(-60);
        assertEquals(Duration.ofMillis(900), trips.recentLongest());
        passes(60);
        assertEquals(Duration.ofMillis(900), trips.recentLongest());
    }

    @Test
    void eachIsAnEvent(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("pings.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("twintrace.PingRoundTrip");
            recording.start();
            trips.add(7, Duration.ofMillis(20));
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("twintrace.PingRoundTrip"))
                .toList();
        assertEquals(1, events.size());
        RecordedEvent event = events.get(0);
        assertEquals("/chat", event.getString("application"));
        assertEquals("rooms", event.getString("servlet"));
        assertEquals(7, event.getLong("connectionNumber"));
        assertEquals(Duration.ofMillis(20), event.getDuration("roundTrip"));
    }
}
