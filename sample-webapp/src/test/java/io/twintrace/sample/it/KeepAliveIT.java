package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keep-alive by init-params, on every route of the socket: with a peer that answers Pings, and one that never does. */
class KeepAliveIT {
    private static final int PONG = 10;

    private static final Map<String, String> PARAMS =
            Map.of("ping-interval", "300ms", "pong-timeout", "3s", "idle-timeout", "5s");

    @ParameterizedTest
    @EnumSource(names = {"JETTY_HOME", "TOMCAT"})
    @Execution(ExecutionMode.CONCURRENT) // since it mostly waits
    void aPeerThatAnswersStaysAndOneThatDoesNotIsCutOff(Container container) throws Exception {
        Path war = Wars.changed("war-keep-alive", root -> {
            Wars.addServlet(root, "/alive", RoundTripHandler.class, PARAMS);
            Wars.addServlet(root, "/alive/push", RoundTripListener.class, PARAMS);
        });
        try (SampleServer server = container.start("keep-alive", war)) {
            for (String path : List.of("/alive", "/alive/push")) {
                aPeerThatAnswersStays(server, path);
                aPeerThatNeverAnswersIsCutOff(server, path);
            }
        }
    }

    /** For longer than both timeouts. */
    private static void aPeerThatAnswersStays(SampleServer server, String path) throws Exception {
        try (RawClient client = RawClient.open(server.port(), server.path(path))) {
            long begin = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                client.send(RawClient.frame(PONG, ping(client)));
            }
            client.send(RawClient.text("how long did it take?"));
            long roundTrip = Long.parseLong(answer(client));
            assertTrue(roundTrip > 0 && roundTrip < System.nanoTime() - begin, () -> path + ": " + roundTrip);
            client.send(RawClient.close(1000));
            assertEquals(1000, client.readToClose());
        }
    }

    private static byte[] ping(RawClient client) throws IOException {
        RawClient.Frame frame = client.read();
        while (frame.opcode() == PONG) { // for proxies, while the answer to a Ping is late
            frame = client.read();
        }
        assertEquals(RawClient.PING, frame.opcode());
        return frame.payload();
    }

    /** Returns the next message. Pings may come before it. */
    private static String answer(RawClient client) throws IOException {
        RawClient.Frame frame = client.read();
        while (frame.opcode() != RawClient.TEXT) {
            if (frame.opcode() == RawClient.PING) {
                client.send(RawClient.frame(PONG, frame.payload()));
            }
            frame = client.read();
        }
        return frame.text();
    }

    private static void aPeerThatNeverAnswersIsCutOff(SampleServer server, String path) throws Exception {
        int before = timeouts(server);
        try (RawClient client = RawClient.open(server.port(), server.path(path))) {
            byte[] unused = ping(client);
            assertEquals(1001, client.readToClose());
            client.awaitEnd();
            Await.until("the log to say why", () -> timeouts(server), timeouts -> timeouts > before);
        }
    }

    private static int timeouts(SampleServer server) throws Exception {
        return server.log().split("has not answered a Ping within 3000 ms \\(pong timeout\\)", -1).length;
    }
}
