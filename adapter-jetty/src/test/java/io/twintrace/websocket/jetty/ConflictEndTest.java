package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.ConcurrentWriteReport;
import io.twintrace.websocket.detect.ConcurrentWrites;
import io.twintrace.websocket.detect.WideWindow;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The end of a connection whose handler or listener lets the exception of a conflict propagate. Whichever writer is
 * quicker, the log shows the conflict first and once, and the peer's Close has its reason.
 */
class ConflictEndTest {
    private static final int ROUNDS = 150;

    private static final String CONFLICT = "Concurrent write to WebSocket connection ";

    private final Queue<ConcurrentWriteReport> reports = new ConcurrentLinkedQueue<>();
    private final ConcurrentWriteListener listening = reports::add;

    /** The errors, and the number of rounds with each. */
    private final Map<String, Integer> problems = new TreeMap<>();

    @BeforeEach
    void listen() {
        ConcurrentWrites.addListener(listening);
    }

    @AfterEach
    void stopListening() {
        ConcurrentWrites.removeListener(listening);
    }

    /** Collides soon with another thread that does the same. */
    private static void writeForEver(WebSocketConnection connection) throws IOException {
        while (true) {
            connection.writeMessage("x");
        }
    }

    private static void race(WebSocketConnection connection) throws IOException {
        Thread other = new Thread(() -> {
            try {
                writeForEver(connection);
            } catch (IOException | RuntimeException e) {
                // Swallowed, as applications do.
            }
        });
        other.setDaemon(true);
        other.start();
        writeForEver(connection);
    }

    @Test
    void aHandlerThatLetsTheExceptionGo() throws Exception {
        WebSocketHandler handler = connection -> {
            assertNotNull(connection.readMessage());
            race(connection);
        };
        try (TestServer server = TestServer.serving(handler)) {
            for (int round = 0; round < ROUNDS; round++) {
                endsWithTheConflict(server, "handler");
            }
        }
        assertEquals(Map.of(), problems, "of " + ROUNDS + " rounds");
    }

    @Test
    void aListenerThatLetsTheExceptionGo() throws Exception {
        WebSocketListener listener = new WebSocketListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) throws IOException {
                race(connection);
            }
        };
        try (TestServer server = TestServer.serving(listener, WebSocketOptions.defaults())) {
            for (int round = 0; round < ROUNDS; round++) {
                endsWithTheConflict(server, "listener");
            }
        }
        assertEquals(Map.of(), problems, "of " + ROUNDS + " rounds");
    }

    private void endsWithTheConflict(TestServer server, String thrower) throws Exception {
        reports.clear();
        int begin = server.log().text().length();
        RawClient.Frame close;
        try (WideWindow window = WideWindow.open(Duration.ofNanos(200_000));
                RawClient client = server.rawClient()) {
            assertNotNull(window);
            client.send(RawClient.text("go"));
            do {
                close = client.read();
            } while (close.opcode() != RawClient.CLOSE);
            check(reports.size() == 1, "the client knows before the listeners do");
            client.send(RawClient.close(1011));
        }
        byte[] payload = close.payload();
        String reason = new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
        check(close.closeCode() == 1011 && reason.equals("concurrent write"), "Close has the reason '" + reason + "'");
        String end = "its " + thrower + " threw";
        String log = Await.until(
                "the end in the log",
                () -> server.log().text().substring(begin),
                text -> text.contains(end) && text.contains(CONFLICT));
        check(log.indexOf(CONFLICT) < log.indexOf(end), "the log tells the end before the conflict");
        check(log.indexOf(CONFLICT) == log.lastIndexOf(CONFLICT), "the log has the conflict twice");
        check(log.contains("is closed with 1011 after " + end), "the end does not say how the connection is closed");
        check(!log.substring(log.indexOf(end)).contains("\tat "), "the end has a stack");
    }

    private void check(boolean right, String wrong) {
        if (!right) {
            problems.merge(wrong, 1, Integer::sum);
        }
    }
}
