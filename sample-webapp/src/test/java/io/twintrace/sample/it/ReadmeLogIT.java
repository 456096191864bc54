package io.twintrace.sample.it;

import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.LogExcerpt;
import io.twintrace.websocket.testkit.RawClient;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The log excerpt of README.md matches the sample's log. */
class ReadmeLogIT {
    private static final int MAX_RACES = 50;

    @Test
    void theRaceOfTheSample() throws Exception {
        LogExcerpt excerpt = LogExcerpt.of(Path.of("../README.md"), "RaceServlet.writeFromHeartbeat");
        try (SampleServer server = Servers.javaJar("readme", Servers.WAR)) {
            for (int races = 1; !excerpt.isIn(server.log()); races++) { // either writer may be the second
                if (races > MAX_RACES) {
                    throw new AssertionError("not in the log:\n" + excerpt + "\nbut:\n" + server.log());
                }
                race(server, races);
            }
        }
    }

    private static void race(SampleServer server, int races) throws Exception {
        try (RawClient client = RawClient.open(server.port(), "/race")) {
            client.send(RawClient.text("go"));
            client.readToClose();
        }
        Await.until(
                "the log entry of race " + races, server::log, log -> log.split("the first writer", -1).length > races);
    }
}
