package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import io.twintrace.websocket.testkit.RawClient.Frame;
import io.twintrace.websocket.testkit.RawClient.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server is restarted while messages wait for its peers, some of which do not read. */
class RestartIT {
    private static final int PEERS = 16;
    private static final int SILENT = 4;
    private static final int MESSAGES = 100;
    private static final int LENGTH = 32 * 1024;

    /** What a JVM exits with that SIGTERM has ended. */
    private static final int TERMINATED = 128 + 15;

    /** One more may have connected just before the stop. */
    private static final Pattern CLOSED = Pattern.compile(
            "servlet \"[a-z-]+\": (1[2-9]|[2-9]\\d) WebSocket connections closed with 1001 in (4\\.9|[5-9]\\.|1\\d\\.)");

    /** The close timeout, and some time for a busy machine. */
    private static final Pattern CUT_OFF =
            Pattern.compile(SILENT + " WebSocket connections cut off after (4\\.9|[5-9]\\.)");

    private final List<RawClient> clients = new ArrayList<>();
    private final ExecutorService readers = Executors.newFixedThreadPool(PEERS);

    @AfterEach
    void end() throws IOException {
        readers.shutdownNow();
        for (RawClient each : clients) {
            each.close();
        }
    }

    /** Joins the room. The system keeps little for it, so that the rest waits in the server. */
    private void addSlowClient(SampleServer server, String path, String greeting) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4 * 1024);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        RawClient client = new RawClient(socket);
        clients.add(client);
        client.upgrade(server.path(path));
        client.send(RawClient.text(greeting)); // what comes back shows that it is a member
        String heard;
        do {
            heard = client.read().text();
        } while (!heard.equals(greeting));
    }

    /** Returns once the server has offered all messages to every peer. */
    private void broadcast(SampleServer server, String path) throws Exception {
        for (int i = 0; i < PEERS; i++) {
            addSlowClient(server, path, "here " + i);
        }
        try (RawClient sender = RawClient.open(server.port(), server.path(path))) {
            for (int i = 0; i <= MESSAGES; i++) { // the last one shows that those before it were offered to all
                byte[] payload = new byte[LENGTH];
                payload[0] = (byte) i;
                sender.send(RawClient.frame(RawClient.BINARY, payload));
                assertEquals((byte) i, sender.read().payload()[0]);
            }
            sender.send(RawClient.close(1000));
            assertEquals(1000, sender.readToClose());
        }
    }

    /** Reads the greetings of those that came later, all messages in order, and the end. */
    private static Void readAll(RawClient client) throws IOException {
        Frame frame = client.read();
        while (frame.opcode() == RawClient.TEXT) {
            frame = client.read();
        }
        int next = 0;
        for (; frame.opcode() == RawClient.BINARY; frame = client.read()) {
            assertEquals((byte) next++, frame.payload()[0]);
        }
        assertTrue(next >= MESSAGES, "only " + next + " messages");
        assertEquals(1001, frame.closeCode());
        assertEquals("server is stopping", frame.closeReason());
        client.send(RawClient.close(1001));
        client.awaitEnd();
        return null;
    }

    private List<Future<Void>> beginToRead() {
        List<Future<Void>> reading = new ArrayList<>();
        for (RawClient each : clients.subList(SILENT, PEERS)) { // the first ones never read
            reading.add(readers.submit(() -> readAll(each)));
        }
        return reading;
    }

    private static void assertAllRead(List<Future<Void>> reading) throws Exception {
        for (Future<Void> each : reading) {
            each.get(30, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @CsvSource({"JAVA_JAR, /broadcast", "JAVA_JAR, /broadcast/push", "TOMCAT, /broadcast", "TOMCAT, /broadcast/push"})
    void peersThatReadGetEverythingAndTheProcessEnds(Container container, String path) throws Exception {
        try (SampleServer server = container.start("restart", Servers.WAR)) {
            broadcast(server, path);
            long begin = System.nanoTime();
            server.process().terminate();
            List<Future<Void>> reading = beginToRead();
            if (container == Container.JAVA_JAR) {
                Await.until("a refusal", () -> handshake(server, path).status(), status -> status == 503);
                assertComeAgain(handshake(server, path));
            }
            assertAllRead(reading);
            assertEquals(TERMINATED, server.process().awaitExit());
            double seconds = (System.nanoTime() - begin) / 1e9;
            assertTrue(seconds < 15, () -> "the process has taken " + seconds + " s to end");
            String log = server.log();
            assertTrue(CUT_OFF.matcher(log).find(), log);
            assertTrue(CLOSED.matcher(log).find(), log);
            assertFalse(log.contains("is still running"), log); // it would be waited for a second time
            if (container == Container.JAVA_JAR) {
                assertTrue(log.endsWith("Twintrace sample: stopped" + System.lineSeparator()), log);
            }
        }
    }

    private static Response handshake(SampleServer server, String path) throws IOException {
        try (RawClient client = RawClient.connect(server.port())) {
            client.send(RawClient.handshake(server.path(path)));
            return client.readResponse();
        }
    }

    private static void assertComeAgain(Response response) {
        assertEquals(503, response.status());
        assertTrue(response.head().contains("Retry-After: 5\r\n"), response.head());
    }

    /** Tomcat itself sends no request to an application that stops. */
    @Test
    void onTomcatAHandshakeIsRefusedWhileTheApplicationClosesItsConnections() throws Exception {
        Path war = Wars.changed("war-close-all", root -> Wars.addPlainServlet(root, "/close", CloseAllServlet.class));
        try (SampleServer server = Container.TOMCAT.start("close-all", war)) {
            broadcast(server, "/broadcast");
            try (RawClient page = RawClient.connect(server.port())) {
                page.send(RawClient.ascii("GET " + server.path("/close") + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
                assertEquals(200, page.readResponse().status());
            }
            List<Future<Void>> reading = beginToRead();
            Await.until("a refusal", () -> handshake(server, "/broadcast").status(), status -> status == 503);
            assertComeAgain(handshake(server, "/broadcast"));
            assertAllRead(reading);
            Await.until("the end", server::log, log -> log.contains("all closed: true"));
        }
    }
}
