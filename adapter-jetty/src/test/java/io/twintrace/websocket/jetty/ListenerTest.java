package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.internal.engine.Shared;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.JdkClient;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.io.ConnectionStatistics;
import org.eclipse.jetty.io.ManagedSelector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A listener through embedded Jetty, on its own threads and on those that select. */
class ListenerTest {
    private final WebSocketOptions options = WebSocketOptions.builder()
            .readLimit(10 << 20)
            .writeTimeout(Duration.ofSeconds(5))
            .closeTimeout(Duration.ofMillis(500))
            .slowCallThreshold(Duration.ZERO) // another test's subject, and a line in the log on a busy machine
            .build();

    private void assertNothingIsLeft(TestServer server, EchoListener listener) throws Exception {
        Await.until("all connections to be told of as ended", listener::open, n -> n == 0);
        Await.until("no endpoint", () -> server.connector().getConnectedEndPoints(), Collection::isEmpty);
        Await.until(
                "no buffer lent for reading",
                () -> Shared.of(options).pools().input().lent(),
                n -> n == 0);
        Await.until(
                "no buffer lent for writing",
                () -> Shared.of(options).pools().write().lent(),
                n -> n == 0);
        Await.until(
                "no buffer lent for messages",
                () -> Shared.of(options).pools().message().lent(),
                n -> n == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void firstMessageMayComeInTheSegmentOfTheHandshake(boolean nonBlocking) throws Exception {
        try (TestServer server = TestServer.serving(EchoListener.of(nonBlocking), options);
                RawClient client = RawClient.connect(server.port())) {
            client.send(RawClient.handshake("/ws"), RawClient.text("early"), RawClient.text("bird"));
            assertEquals(101, client.readResponse().status());
            assertEquals("early", client.read().text());
            assertEquals("bird", client.read().text());
            client.send(RawClient.text("later"));
            assertEquals("later", client.read().text());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void badJsonClosesWith1007AndTakesOneLineInTheLog(boolean nonBlocking) throws Exception {
        WebSocketListener reading = new WebSocketListener() {
            @Override
            public boolean isNonBlocking() {
                return nonBlocking;
            }

            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
                Integer unused = message.json(Integer.class);
            }
        };
        try (TestServer server = TestServer.serving(reading, options);
                RawClient client = RawClient.open(server.port(), "/ws")) {
            client.send(RawClient.text("{\"secret\": 1}"));
            assertEquals(1007, client.read().closeCode());
            client.send(RawClient.close(1007));
            client.awaitEnd();
            server.log()
                    .await("is closed with 1007: message is not JSON of type java.lang.Integer at line 1, column 2; ");
            assertEquals(1, server.log().text().lines().count(), server.log().text());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void firstMessageMayBeginInTheHandshakesSegmentAndBeCutAnywhere(boolean nonBlocking) throws Exception {
        byte[] message = RawClient.text("in two parts");
        try (TestServer server = TestServer.serving(EchoListener.of(nonBlocking), options)) {
            for (int cut = 1; cut < message.length; cut++) {
                try (RawClient client = RawClient.connect(server.port())) {
                    client.send(RawClient.handshake("/ws"), Arrays.copyOf(message, cut));
                    assertEquals(101, client.readResponse().status());
                    client.send(Arrays.copyOfRange(message, cut, message.length));
                    assertEquals("in two parts", client.read().text());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void fragmentsPingsAndLargeMessagesComeBack(boolean nonBlocking) throws Exception {
        byte[] large = new byte[5 << 20];
        new Random(1).nextBytes(large);
        try (TestServer server = TestServer.serving(EchoListener.of(nonBlocking), options);
                JdkClient client = server.client()) {
            client.sendFragments("grüß ", "", "dich");
            assertEquals("grüß dich", client.receive());
            client.send(large);
            assertArrayEquals(large, client.receiveBytes());
            assertEquals(1000, client.close(1000));
        }
    }

    /** Large messages have their own buffers, which must not take input behind the end of the message. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void largeMessagesOneBehindTheOtherComeBackByteForByte(boolean nonBlocking) throws Exception {
        List<byte[]> messages = new ArrayList<>();
        for (int size : new int[] {16_385, 3, 65_536, 65_537, 100_000, 0, 262_145, 1 << 20, 125}) {
            byte[] message = new byte[size];
            new Random(size).nextBytes(message);
            messages.add(message);
        }
        EchoListener listener = EchoListener.of(nonBlocking);
        try (TestServer server = TestServer.serving(listener, options);
                RawClient client = server.rawClient()) {
            int rounds = 20;
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> sendRounds(client, messages, rounds));
            for (int i = 0; i < rounds; i++) {
                for (byte[] message : messages) {
                    assertArrayEquals(message, client.read().payload());
                }
            }
            sending.get(10, TimeUnit.SECONDS);
            client.send(RawClient.close(1000));
            client.readToClose();
            assertNothingIsLeft(server, listener);
        }
    }

    private static void sendRounds(RawClient client, List<byte[]> messages, int rounds) {
        try {
            for (int i = 0; i < rounds; i++) {
                for (byte[] message : messages) {
                    client.send(RawClient.frame(RawClient.BINARY, message));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Once the endpoint is closed, Jetty notifies nobody of input. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAbortBehindACloseIsTheEndAtOnce(boolean nonBlocking) throws Exception {
        CompletableFuture<CloseStatus> closed = new CompletableFuture<>();
        EchoListener listener = new EchoListener() {
            @Override
            public boolean isNonBlocking() {
                return nonBlocking;
            }

            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) {
                connection.beginClose(1000, "");
                connection.abort();
            }

            @Override
            public void onClose(WebSocketConnection connection, CloseStatus status) {
                closed.complete(status);
            }
        };
        WebSocketOptions patient =
                WebSocketOptions.builder().closeTimeout(Duration.ofMinutes(1)).build();
        try (TestServer server = TestServer.serving(listener, patient);
                RawClient client = server.rawClient()) {
            client.send(RawClient.text("begin"));
            assertEquals(1006, closed.get(10, TimeUnit.SECONDS).code());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPeerThatReadsLateIsNotReadFromAndGetsEverything(boolean nonBlocking) throws Exception {
        EchoListener listener = EchoListener.of(nonBlocking);
        byte[] payload = new byte[50_000];
        new Random(2).nextBytes(payload);
        int messages = 1000;
        try (TestServer server = TestServer.serving(listener, options);
                RawClient client = server.rawClient()) {
            CompletableFuture<Void> sent = new CompletableFuture<>();
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; i < messages; i++) {
                        client.send(RawClient.frame(RawClient.BINARY, payload));
                    }
                    sent.complete(null);
                } catch (Exception e) {
                    sent.completeExceptionally(e);
                }
            });
            sender.setDaemon(true);
            sender.start();
            assertThrows(TimeoutException.class, () -> sent.get(500, TimeUnit.MILLISECONDS));
            try (RawClient other = server.rawClient()) {
                other.send(RawClient.text("meanwhile"));
                assertEquals("meanwhile", other.read().text());
            }
            for (int i = 0; i < messages; i++) {
                assertArrayEquals(payload, client.read().payload());
            }
            sent.get(15, TimeUnit.SECONDS);
            client.send(RawClient.close(1000));
            assertEquals(1000, client.readToClose());
            client.awaitEnd();
            assertNothingIsLeft(server, listener);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPeerThatNeverReadsIsGivenUpAtTheWriteTimeout(boolean nonBlocking) throws Exception {
        WebSocketOptions hasty =
                options.toBuilder().writeTimeout(Duration.ofMillis(500)).build();
        EchoListener listener = EchoListener.of(nonBlocking);
        try (TestServer server = TestServer.serving(listener, hasty);
                RawClient client = server.rawClient()) {
            byte[] frame = RawClient.frame(RawClient.BINARY, new byte[1 << 20]);
            assertThrows(java.io.IOException.class, () -> {
                for (int i = 0; i < 1000; i++) {
                    client.send(frame);
                }
            });
            Await.until("the end", listener::open, n -> n == 0);
            Await.until("no endpoint", () -> server.connector().getConnectedEndPoints(), Collection::isEmpty);
            Await.until(
                    "no buffer lent for reading",
                    () -> Shared.of(hasty).pools().input().lent(),
                    n -> n == 0);
            Await.until(
                    "no buffer lent for writing",
                    () -> Shared.of(hasty).pools().write().lent(),
                    n -> n == 0);
        }
    }

    @Test
    void aListenerThatBlocksHoldsNoOtherConnectionUp() throws Exception {
        CountDownLatch begun = new CountDownLatch(3);
        CountDownLatch mayEnd = new CountDownLatch(1);
        WebSocketListener blocking = new EchoListener() {
            @Override
            public void onMessage(WebSocketConnection connection, io.twintrace.websocket.MessageView message)
                    throws Exception {
                if (message.text().equals("block")) {
                    begun.countDown();
                    mayEnd.await();
                }
                connection.writeMessage(message);
            }
        };
        try (TestServer server = TestServer.serving(blocking, options)) {
            RawClient[] stuck = new RawClient[3];
            for (int i = 0; i < stuck.length; i++) {
                stuck[i] = server.rawClient();
                stuck[i].send(RawClient.text("hello"));
                assertEquals("hello", stuck[i].read().text());
            }
            awaitNoCall(); // so that the selecting thread finds the next input
            for (RawClient client : stuck) {
                client.send(RawClient.text("block"));
            }
            try {
                assertTrue(begun.await(10, TimeUnit.SECONDS));
                assertOthersAreServed(server);
            } finally {
                mayEnd.countDown();
            }
            for (RawClient client : stuck) {
                assertEquals("block", client.read().text());
                client.close();
            }
        }
    }

    /** The input is reported from inside the loop that selects, or, by a thread that may block, from outside. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theThreadThatSelectsCallsAListenerThatDoesNotBlockAndNoOther(boolean nonBlocking) throws Exception {
        int messages = 50;
        AtomicInteger whileSelecting = new AtomicInteger();
        WebSocketListener listener = new EchoListener() {
            @Override
            public boolean isNonBlocking() {
                return nonBlocking;
            }

            @Override
            public void onMessage(WebSocketConnection connection, io.twintrace.websocket.MessageView message)
                    throws Exception {
                if (StackWalker.getInstance()
                        .walk(frames -> frames.anyMatch(
                                each -> each.getClassName().startsWith(ManagedSelector.class.getName())))) {
                    whileSelecting.incrementAndGet();
                }
                connection.writeMessage(message);
            }
        };
        try (TestServer server = TestServer.serving(listener, options);
                RawClient client = server.rawClient()) {
            // The thread that has opened the connection answers as long as the client is quicker than the end of its
            // turn.
            Await.until(
                    "a message while selecting",
                    () -> echo(client),
                    unused -> !nonBlocking || whileSelecting.get() > 0);
            whileSelecting.set(0);
            for (int i = 0; i < messages; i++) {
                assertEquals("hello", echo(client));
            }
            assertEquals(nonBlocking ? messages : 0, whileSelecting.get(), "while selecting");
        }
    }

    private static String echo(RawClient client) throws IOException {
        client.send(RawClient.text("hello"));
        return client.read().text();
    }

    /** Without the rest of the server, whose stop ends the servlet too. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aConnectorThatStopsEndsItsConnections(boolean nonBlocking) throws Exception {
        EchoListener listener = EchoListener.of(nonBlocking);
        try (TestServer server = TestServer.serving(listener, options);
                RawClient client = server.rawClient()) {
            client.send(RawClient.text("hello"));
            assertEquals("hello", client.read().text());
            server.connector().stop();
            client.awaitEnd();
            Await.until("the end", listener::open, n -> n == 0);
        }
    }

    /** The call returns after its end point is closed, to a connection that waits for nothing yet. */
    @Test
    void aConnectorThatStopsDuringACallEndsTheConnectionAfterIt() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        EchoListener listener = new EchoListener() {
            @Override
            public void onMessage(WebSocketConnection connection, io.twintrace.websocket.MessageView message)
                    throws Exception {
                begun.countDown();
                mayEnd.await();
            }
        };
        try (TestServer server = TestServer.serving(listener, options);
                RawClient client = server.rawClient()) {
            client.send(RawClient.text("hello"));
            assertTrue(begun.await(10, TimeUnit.SECONDS));
            server.connector().stop();
            mayEnd.countDown();
            Await.until("the end", listener::open, n -> n == 0);
        }
    }

    private static void assertOthersAreServed(TestServer server) throws Exception {
        for (int i = 0; i < 5; i++) {
            try (RawClient free = server.rawClient()) {
                free.send(RawClient.text("free"));
                assertEquals("free", free.read().text());
            }
        }
    }

    /** On threads of the library's own; virtual ones cannot be seen. */
    private static void awaitNoCall() throws Exception {
        Await.until(
                "all first calls to have returned",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals("websocket-open"))
                        .count(),
                n -> n == 0);
    }

    @Test
    void aListenerThatBlocksAtTheBeginningHoldsNoOtherConnectionUp() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        EchoListener blocking = new EchoListener() {
            @Override
            public void onOpen(WebSocketConnection connection) {
                super.onOpen(connection);
                if (connection.request().path().endsWith("slow")) {
                    try {
                        mayEnd.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            }
        };
        ServletContextHandler context = new ServletContextHandler("/");
        JettyWebSockets.add(context, "/ws/*", blocking, options);
        try (TestServer server = new TestServer(context).start();
                RawClient slow = RawClient.open(server.port(), "/ws/slow")) {
            slow.send(RawClient.text("later"));
            try {
                assertOthersAreServed(server);
            } finally {
                mayEnd.countDown();
            }
            assertEquals("later", slow.read().text());
        }
    }

    /** More than one turn reads before it gives the thread to others. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void manyMessagesMayComeInTheSegmentOfTheHandshake(boolean nonBlocking) throws Exception {
        WebSocketOptions small = options.toBuilder().readBufferSize(256).build();
        byte[][] parts = new byte[901][];
        Arrays.fill(parts, RawClient.text("x"));
        parts[0] = RawClient.handshake("/ws");
        try (TestServer server = TestServer.serving(EchoListener.of(nonBlocking), small);
                RawClient client = RawClient.connect(server.port())) {
            client.send(parts);
            assertEquals(101, client.readResponse().status());
            for (int i = 1; i < parts.length; i++) {
                assertEquals("x", client.read().text());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void placesAreGivenBackHoweverConnectionsEnd(boolean nonBlocking) throws Exception {
        WebSocketOptions few = options.toBuilder().maxConnections(2).build();
        EchoListener listener = EchoListener.of(nonBlocking);
        try (TestServer server = TestServer.serving(listener, few)) {
            for (int i = 0; i < 3; i++) {
                RawClient one = server.rawClient();
                RawClient two = server.rawClient();
                one.send(RawClient.text("hello"));
                assertEquals("hello", one.read().text());
                assertEquals(503, JdkClient.refusal(server.uri(), "X-Unused", "x"));
                one.send(RawClient.close(1000));
                assertEquals(1000, one.readToClose());
                one.close();
                two.reset();
                Await.until("both to have ended", listener::open, n -> n == 0);
                Await.until("no endpoint", () -> server.connector().getConnectedEndPoints(), Collection::isEmpty);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void jettysStatisticsGoBackToZero(boolean nonBlocking) throws Exception {
        EchoListener listener = EchoListener.of(nonBlocking);
        try (TestServer server = TestServer.of(listener, options)) {
            ConnectionStatistics statistics = new ConnectionStatistics();
            server.connector().addBean(statistics);
            server.start();
            for (int i = 0; i < 10; i++) {
                RawClient client = server.rawClient();
                client.send(RawClient.text("hello"));
                assertEquals("hello", client.read().text());
                assertEquals(1, statistics.getConnections());
                if (i % 2 == 0) {
                    client.send(RawClient.close(1000));
                    client.readToClose();
                }
                client.close();
                Await.until("no connection to be left", statistics::getConnections, n -> n == 0);
            }
            assertEquals(20, statistics.getConnectionsTotal(), "HTTP and WebSocket are counted one after the other");
            assertNothingIsLeft(server, listener);
        }
    }

    /** RST in every state of the parser. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void peersThatVanishAnywhereInAMessageLeaveNothing(boolean nonBlocking) throws Exception {
        byte[] message = RawClient.frame(RawClient.BINARY, new byte[300]);
        EchoListener listener = EchoListener.of(nonBlocking);
        try (TestServer server = TestServer.serving(listener, options)) {
            for (int cut = 0; cut <= message.length; cut += cut < 10 ? 1 : 97) {
                RawClient client = server.rawClient();
                client.send(Arrays.copyOf(message, cut));
                client.reset();
            }
            for (int i = 0; i < 50; i++) {
                RawClient client = RawClient.connect(server.port());
                client.send(RawClient.handshake("/ws"), RawClient.text("anybody there?"));
                client.reset();
            }
            assertNothingIsLeft(server, listener);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void silentPeerIsToldAtTheIdleTimeout(boolean nonBlocking) throws Exception {
        EchoListener listener = EchoListener.of(nonBlocking);
        WebSocketOptions hasty =
                options.toBuilder().idleTimeout(Duration.ofMillis(200)).build();
        try (TestServer server = TestServer.serving(listener, hasty);
                RawClient client = server.rawClient()) {
            assertEquals(1001, client.readToClose());
            client.awaitEnd();
            Await.until("the end", listener::open, n -> n == 0);
        }
    }
}
