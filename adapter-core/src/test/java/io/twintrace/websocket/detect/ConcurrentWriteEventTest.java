package io.twintrace.websocket.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.fixture.Guarded;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The events that the flight recorder sees. */
@Timeout(120)
class ConcurrentWriteEventTest {
    @Test
    void conflictIsOneEventWithBothWriters(@TempDir Path directory) throws Exception {
        Guarded connection = new Guarded(DetectorLevel.MESSAGES);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch mayLeave = new CountDownLatch(1);
        Path file = directory.resolve("conflict.jfr");
        try (Actor alice = new Actor("alice");
                Actor bob = new Actor("bob");
                Recording recording = new Recording()) {
            recording.enable("twintrace.ConcurrentWrite");
            recording.start();
            alice.start(() -> connection.writeMessage(() -> {
                inside.countDown();
                Actor.await(mayLeave);
            }));
            Actor.await(inside);
            bob.failsWhen(() -> connection.writeJson(Guarded.Body.NOTHING));
            mayLeave.countDown();
            alice.failed();
            bob.failsWhen(() -> connection.writeJson(Guarded.Body.NOTHING)); // a later write is no new conflict
            recording.stop();
            recording.dump(file);

            List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().equals("twintrace.ConcurrentWrite"))
                    .toList();
            assertEquals(1, events.size());
            RecordedEvent event = events.get(0);
            assertEquals("7 (/chat)", event.getString("connection"));
            assertEquals("OVERLAPPING_CALLS", event.getString("kind"));
            assertEquals(alice.name(), event.getString("firstThread"));
            assertEquals("writeMessage", event.getString("firstOperation"));
            assertTrue(event.getString("firstStack")
                    .contains("WebSocketConnection.writeMessage(WebSocketConnection.java)"));
            assertEquals(bob.name(), event.getString("secondThread"));
            assertEquals("writeJson", event.getString("secondOperation"));
            assertEquals("bob", event.getThread().getJavaName());
            assertTrue(event.getStackTrace().getFrames().stream()
                    .anyMatch(frame -> frame.getMethod().getName().equals("writeJson")));
        }
    }
}
