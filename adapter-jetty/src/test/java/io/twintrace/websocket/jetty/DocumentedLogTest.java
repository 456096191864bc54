package io.twintrace.websocket.jetty;

import com.example.LockedQuotes;
import com.example.Numbering;
import com.example.OfferedQuotes;
import com.example.Quotes;
import com.example.Turns;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWrites;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.LogExcerpt;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import jdk.jfr.Recording;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The excerpts in the documentation match the log and the recorded event. */
class DocumentedLogTest {
    private static final Path PAGE = Path.of("../docs/concurrent-writes.md");

    private static final Path LISTENERS_PAGE = Path.of("../docs/listeners.md");

    private static final String EVENT = "twintrace.ConcurrentWrite";

    private static final WebSocketOptions UNLIMITED =
            WebSocketOptions.builder().readLimit(0).build();

    private static final WebSocketOptions LOCKED = WebSocketOptions.builder()
            .writeDiscipline(connection -> WriteDiscipline.guardedBy(connection.writeLock()))
            .build();

    /** More than the buffers between both ends hold, so that the answer waits for a client that does not read. */
    private static final byte[] LARGE = RawClient.text("x".repeat(16 << 20));

    private static TestServer serving(WebSocketHandler quotes, WebSocketOptions options) throws Exception {
        ServletContextHandler context = new ServletContextHandler("/");
        JettyWebSockets.add(context, "/quotes", quotes, options);
        return new TestServer(context).start();
    }

    private static void assertLogged(LogExcerpt excerpt, TestServer server, byte[]... messages) throws Exception {
        try (RawClient client = RawClient.open(server.port(), "/quotes")) {
            client.send(messages);
            Await.until("in the log:\n" + excerpt + "\n", () -> server.log().text(), excerpt::isIn);
        }
    }

    @Test
    void theReportOfTwoOverlappingCalls() throws Exception {
        LogExcerpt excerpt = LogExcerpt.of(PAGE, "called writeMessage while");
        try (TestServer server = serving(new Quotes(), UNLIMITED)) {
            Await.until(
                    "in the log:\n" + excerpt + "\n",
                    () -> {
                        overlap(server);
                        return server.log().text();
                    },
                    excerpt::isIn);
        }
    }

    @Test
    void theEventOfTwoOverlappingCalls(@TempDir Path directory) throws Exception {
        LogExcerpt excerpt = LogExcerpt.of(PAGE, EVENT + " {");
        Path file = directory.resolve("writes.jfr");
        try (TestServer server = serving(new Quotes(), UNLIMITED);
                Recording recording = new Recording()) {
            recording.start();
            Await.until(
                    "the event:\n" + excerpt + "\n",
                    () -> {
                        overlap(server);
                        recording.dump(file);
                        return print(file);
                    },
                    excerpt::isIn);
        }
    }

    /** Two calls that overlap, as the page shows them unless the beat happens to be the first. */
    private static void overlap(TestServer server) throws Exception {
        long before = ConcurrentWrites.detected();
        try (RawClient client = RawClient.open(server.port(), "/quotes")) {
            client.read(); // a beat, and the next one will be quick
            client.send(LARGE);
            Await.until("a conflict", ConcurrentWrites::detected, count -> count > before);
        }
    }

    /** Prints the recorded conflicts as the page tells its readers to. */
    private static String print(Path file) throws IOException {
        String tool = Path.of(System.getProperty("java.home"), "bin", "jfr").toString();
        Process process = new ProcessBuilder(tool, "print", "--events", EVENT, file.toString())
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void theReportOfACallWithoutTheLock() throws Exception {
        LogExcerpt excerpt = LogExcerpt.of(PAGE, "declared to be guarded by");
        try (TestServer server = serving(new LockedQuotes(), LOCKED)) {
            assertLogged(excerpt, server, RawClient.text("ACME"));
        }
    }

    @Test
    void theReportOfACallPastTheOutbox() throws Exception {
        LogExcerpt excerpt = LogExcerpt.of(PAGE, "The first offer to the outbox was made");
        try (TestServer server = serving(new OfferedQuotes(), UNLIMITED);
                RawClient client = RawClient.open(server.port(), "/quotes")) {
            client.read(); // the beat, which was offered
            client.send(RawClient.text("ACME"));
            Await.until("in the log:\n" + excerpt + "\n", () -> server.log().text(), excerpt::isIn);
        }
    }

    @Test
    void theReportOfTurnsTakenThroughThePeer() throws Exception {
        LogExcerpt excerpt = LogExcerpt.of(PAGE, "A message has arrived from the peer");
        try (TestServer server = serving(new Turns(), UNLIMITED);
                RawClient client = RawClient.open(server.port(), "/quotes")) {
            client.readFrameHead(); // of the move, whose rest is not taken
            client.send(RawClient.text("e2e4"));
            Await.until("in the log:\n" + excerpt + "\n", () -> server.log().text(), excerpt::isIn);
        }
    }

    @Test
    void theLineAboutAHandlerThatDoesNotCatchTheConflict() throws Exception {
        LogExcerpt excerpt = LogExcerpt.of(PAGE, "is closed with 1011 after its handler threw");
        try (TestServer server = serving(new LockedQuotes(), LOCKED);
                RawClient client = RawClient.open(server.port(), "/quotes")) {
            client.send(RawClient.text("ACME"));
            server.log().await("declared to be guarded by");
            client.send(RawClient.text("ACME")); // whose answer throws
            Await.until("in the log:\n" + excerpt + "\n", () -> server.log().text(), excerpt::isIn);
        }
    }

    @Test
    void theEntryAboutASlowCall() throws Exception {
        LogExcerpt excerpt = LogExcerpt.of(LISTENERS_PAGE, "has held the thread");
        ServletContextHandler context = new ServletContextHandler("/");
        JettyWebSockets.add(context, "/numbering", new Numbering());
        try (TestServer server = new TestServer(context).start()) {
            Await.until(
                    "in the log:\n" + excerpt + "\n",
                    () -> {
                        callSlowly(server);
                        return server.log().text();
                    },
                    excerpt::isIn);
        }
    }

    /** On a new connection, because only the first slow call of each is logged. The sampler may come too late for it. */
    private static void callSlowly(TestServer server) throws Exception {
        try (RawClient client = RawClient.open(server.port(), "/numbering")) {
            client.send(RawClient.text("hello"));
            client.read();
        }
    }
}
