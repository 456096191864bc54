package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the log says of connections that open and close as they should. */
class ConnectionLogTest {
    private static final Logger LOGGER = Logger.getLogger("io.twintrace.websocket");

    /** A busy machine makes calls slow, whose lines are another test's subject. */
    private static final WebSocketOptions OPTIONS =
            WebSocketOptions.builder().slowCallThreshold(Duration.ZERO).build();

    private final List<String> lines = new CopyOnWriteArrayList<>();

    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(line.getLevel() + " " + line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private void listen(Level level) {
        LOGGER.setLevel(level);
        handler.setLevel(Level.ALL);
        LOGGER.addHandler(handler);
        LOGGER.setUseParentHandlers(false);
    }

    @AfterEach
    void stopListening() {
        LOGGER.removeHandler(handler);
        LOGGER.setUseParentHandlers(true);
        LOGGER.setLevel(null);
    }

    private static void converse(TestServer server) throws Exception {
        try (RawClient client = server.rawClient()) {
            client.send(RawClient.text("hello"));
            assertEquals("hello", client.read().text());
            client.send(RawClient.close(1000));
            assertEquals(1000, client.readToClose());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void debugHasOneLineAtEachEnd(boolean listening) throws Exception {
        listen(Level.FINE);
        try (TestServer server =
                listening ? TestServer.serving(EchoListener.of(true), OPTIONS) : TestServer.serving(TestServer::echo)) {
            converse(server);
            Await.until("both lines", () -> lines, now -> now.size() == 2);
            assertTrue(lines.get(0).matches("FINE WebSocket connection \\d+ \\(/ws\\) opened"), lines::toString);
            assertTrue(
                    lines.get(1)
                            .matches(
                                    "FINE WebSocket connection \\d+ \\(/ws\\) closed, received code 1000 and sent 1000,"
                                            + " after \\d+ ms: 1 messages received and 1 sent, received 5 bytes \\(5 on the"
                                            + " wire\\), sent 5 \\(5 on the wire\\)"),
                    lines::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void infoIsSilentInNormalOperation(boolean listening) throws Exception {
        listen(Level.INFO);
        try (TestServer server =
                listening ? TestServer.serving(EchoListener.of(true), OPTIONS) : TestServer.serving(TestServer::echo)) {
            for (int i = 0; i < 3; i++) {
                converse(server);
            }
            server.stop();
            assertEquals(List.of(), lines);
            assertEquals("", server.log().text());
        }
    }

    /** A peer that leaves without a Close frame has its line in the web application's log already. */
    @Test
    void debugTellsThatNoCloseFrameCame() throws Exception {
        listen(Level.FINE);
        try (TestServer server = TestServer.serving(TestServer::echo)) {
            server.rawClient().close();
            Await.until("both lines", () -> lines, now -> now.size() == 2);
            assertTrue(lines.get(1).contains("closed, received code 1006 and sent "), lines::toString);
        }
    }
}
