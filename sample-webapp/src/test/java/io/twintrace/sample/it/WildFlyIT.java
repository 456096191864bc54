package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.testkit.RawClient;
import java.nio.file.Path;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A stock WildFly. */
@Tag("containers")
class WildFlyIT extends SampleSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.wildFly("wildfly", Servers.WAR);
    }

    /** Applications see only those modules of the JDK that they or their jars ask for. */
    @Test
    void aConflictIsAnEventOfTheFlightRecorder() throws Exception {
        Path recording = server().process().directory().resolve("conflict.jfr");
        server().process().jcmd("JFR.start", "name=conflict");
        try (RawClient client = open("/race")) {
            client.send(RawClient.text("go"));
            assertEquals(1011, client.readToClose());
        }
        server().process().jcmd("JFR.stop", "name=conflict", "filename=" + recording);
        assertEquals(
                1,
                RecordingFile.readAllEvents(recording).stream()
                        .filter(event -> event.getEventType().getName().equals("twintrace.ConcurrentWrite"))
                        .count());
    }
}
