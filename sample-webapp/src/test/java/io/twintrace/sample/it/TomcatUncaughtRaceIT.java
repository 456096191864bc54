package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.RepeatedTest;

/** A stock Tomcat and a handler that lets the exception of a conflict propagate: how the connection ends. */
class TomcatUncaughtRaceIT extends RunningSample implements OnServer {
    private static final String CONFLICT = "Concurrent write to WebSocket connection ";

    @Override
    SampleServer start() throws Exception {
        return Servers.tomcat("tomcat-race", Wars.withAnnotated("war-race", UncaughtRaceServlet.class));
    }

    @RepeatedTest(20)
    void theCloseHasItsReasonAndTheLogTellsTheConflictFirstAndOnce() throws Exception {
        int begin = server().log().length();
        RawClient.Frame close;
        try (RawClient client = open("/race/uncaught")) {
            client.send(RawClient.text("go"));
            do {
                close = client.read();
            } while (close.opcode() != RawClient.CLOSE);
            client.send(RawClient.close(1011));
        }
        byte[] payload = close.payload();
        assertEquals(1011, close.closeCode());
        assertEquals("concurrent write", new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8));

        String end = " is closed with 1011 after its handler threw ";
        String log =
                Await.until("the end in the log", () -> server().log().substring(begin), text -> text.contains(end));
        assertTrue(log.contains(CONFLICT) && log.indexOf(CONFLICT) < log.indexOf(end), log);
        assertEquals(log.indexOf(CONFLICT), log.lastIndexOf(CONFLICT), log);
        assertFalse(log.substring(log.indexOf(end)).contains("\tat "), log);
    }
}
