package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.OutboxOptions;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import io.twintrace.websocket.testkit.RawClient.Frame;
import io.twintrace.websocket.testkit.RawClient.Response;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.util.component.Graceful;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A restart: nothing is lost that was offered to peers that read, and nobody waits for the others. */
class GracefulStopTest {
    private static final int PEERS = 500;
    private static final int SILENT = 20;
    private static final int MESSAGES = 40;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(8);

    /** For a busy machine. Less than Jetty's stop timeout adds, and than a second wait would take. */
    private static final double SLACK_SECONDS = 4;

    private static final WebSocketOptions OPTIONS = WebSocketOptions.builder()
            .closeTimeout(CLOSE_TIMEOUT)
            .outbox(OutboxOptions.defaults().withMaxBytes(16 << 20))
            .retryAfter(Duration.ofSeconds(17))
            .stopReason("back in a minute")
            .build();

    /** The connections that have not ended. */
    private final Set<WebSocketConnection> open = ConcurrentHashMap.newKeySet();

    private final List<RawClient> clients = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private TestServer server;

    @AfterEach
    void end() throws IOException {
        threads.shutdownNow();
        for (RawClient each : clients) {
            each.close();
        }
        server.close();
    }

    private final class Collecting implements WebSocketListener {
        @Override
        public boolean isNonBlocking() {
            return true;
        }

        @Override
        public void onOpen(WebSocketConnection connection) {
            open.add(connection);
        }

        @Override
        public void onClose(WebSocketConnection connection, CloseStatus status) {
            open.remove(connection);
        }
    }

    private TestServer withHandlers() {
        return TestServer.of(
                connection -> {
                    open.add(connection);
                    try {
                        while (connection.readMessage() != null) {
                            // The peers only listen.
                        }
                    } finally {
                        open.remove(connection);
                    }
                },
                OPTIONS);
    }

    private void start(TestServer prepared) throws Exception {
        server = prepared;
        server.connector().setAcceptedSendBufferSize(8 * 1024);
        server.connector().setAcceptQueueSize(PEERS);
        server.server().setStopTimeout(CLOSE_TIMEOUT.toMillis() + 6_000);
        server.start();
    }

    /** The system keeps little for it, so that the rest waits in the server. */
    private RawClient slowClient() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4 * 1024);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        RawClient client = new RawClient(socket);
        clients.add(client);
        client.upgrade("/ws");
        return client;
    }

    private void fillOutboxes() throws Exception {
        for (int i = 0; i < PEERS; i++) {
            RawClient unused = slowClient();
        }
        Await.until("connections", open::size, count -> count == PEERS);
        for (int i = 0; i < MESSAGES; i++) {
            byte[] payload = new byte[8 * 1024];
            payload[0] = (byte) i;
            PreparedMessage message = PreparedMessage.of(MessageType.BINARY, payload);
            open.forEach(each -> assertTrue(each.outbox().offer(message)));
        }
        for (WebSocketConnection each : open) {
            assertTrue(each.outbox().waiting() > MESSAGES / 2, "the peer has taken too much");
        }
    }

    /** Reads everything, which has to be all messages in order and the end. */
    private static Void readAll(RawClient client) throws IOException {
        for (int i = 0; i < MESSAGES; i++) {
            Frame frame = client.read();
            assertEquals(RawClient.BINARY, frame.opcode());
            assertEquals(i, frame.payload()[0]);
        }
        Frame close = client.read();
        assertEquals(1001, close.closeCode());
        assertEquals("back in a minute", close.closeReason());
        client.send(RawClient.close(1001));
        client.awaitEnd();
        return null;
    }

    private void peersThatReadGetEverything() throws Exception {
        fillOutboxes();
        CountDownLatch stopping = new CountDownLatch(1);
        long begin = System.nanoTime();
        Future<Double> stopped = threads.submit(() -> {
            stopping.countDown();
            server.stop();
            return (System.nanoTime() - begin) / 1e9;
        });
        assertTrue(stopping.await(5, TimeUnit.SECONDS));
        ExecutorService readers = Executors.newFixedThreadPool(32);
        try {
            List<Future<Void>> read = new ArrayList<>();
            for (RawClient each : clients.subList(SILENT, PEERS)) { // the first ones never read
                read.add(readers.submit(() -> readAll(each)));
            }
            for (Future<Void> each : read) {
                each.get(30, TimeUnit.SECONDS);
            }
        } finally {
            readers.shutdownNow();
        }
        Await.until("the end of all that read", open::size, count -> count == SILENT);
        assertFalse(stopped.isDone(), "they do not wait for those that do not");
        long closers = Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().matches("websocket-(close|stop).*"))
                .count();
        assertTrue(closers <= 1, () -> closers + " threads"); // JDK 21 does not list it, because it is virtual
        double seconds = stopped.get(30, TimeUnit.SECONDS);
        assertTrue(seconds < CLOSE_TIMEOUT.toSeconds() + SLACK_SECONDS, () -> "took " + seconds + " s");
        assertLogged(SILENT + " WebSocket connections cut off after ");
        assertTrue(server.log().text().contains("messages in their outboxes are lost"), server.log()::text);
        assertLogged((PEERS - SILENT) + " WebSocket connections closed with 1001 in ");
    }

    /** The line ends with the close timeout, or with a time soon after it. */
    private void assertLogged(String line) {
        String log = server.log().text();
        Matcher matcher =
                Pattern.compile("servlet \"/ws\": " + line + "(\\d+\\.\\d) s").matcher(log);
        assertTrue(matcher.find(), log);
        double seconds = Double.parseDouble(matcher.group(1));
        long least = CLOSE_TIMEOUT.toSeconds();
        assertTrue(seconds >= least && seconds < least + SLACK_SECONDS, log);
    }

    @Test
    void peersOfHandlersThatReadGetEverything() throws Exception {
        start(withHandlers());
        peersThatReadGetEverything();
    }

    @Test
    void peersOfListenersThatReadGetEverything() throws Exception {
        start(TestServer.of(new Collecting(), OPTIONS));
        peersThatReadGetEverything();
    }

    @Test
    void aHandshakeDuringTheStopIsToldWhenToComeAgain() throws Exception {
        start(withHandlers());
        RawClient stuck = slowClient();
        Await.until("connection", open::size, count -> count == 1);
        PreparedMessage message = PreparedMessage.of(MessageType.BINARY, new byte[1 << 20]);
        WebSocketConnection connection = open.iterator().next();
        assertTrue(connection.outbox().offer(message));
        assertTrue(connection.outbox().offer(message));
        Future<Void> stopped;
        try (RawClient late = RawClient.connect(server.port())) { // before the stop closes the port
            // Closing the port would also end a connection that the acceptor has not taken yet.
            Await.until(
                    "both connections",
                    () -> server.connector().getConnectedEndPoints().size(),
                    count -> count == 2);
            stopped = threads.submit(() -> {
                server.stop();
                return null;
            });
            Await.until("the stop", () -> connection.outbox().offer("in time"), accepted -> !accepted);
            assertComeAgain(late);
        } // closed, because Jetty would wait for it too
        for (int i = 0; i < 2; i++) {
            assertEquals(1 << 20, stuck.read().payload().length);
        }
        assertEquals(1001, stuck.readToClose()); // behind those of the loop above
        stuck.send(RawClient.close(1001));
        stopped.get(10, TimeUnit.SECONDS);
    }

    private static void assertComeAgain(RawClient late) throws IOException {
        late.send(RawClient.handshake("/ws"));
        Response response = late.readResponse();
        assertEquals(503, response.status(), response.head());
        assertTrue(response.head().contains("Retry-After: 17\r\n"), response.head());
        late.awaitEnd();
    }

    /** So does the health check of a proxy, which asks for no WebSocket. */
    @Test
    void aPlainGetSeesThatTheServerStops() throws Exception {
        start(withHandlers());
        RawClient client = slowClient();
        Await.until("connection", open::size, count -> count == 1);
        assertEquals(400, plainGet().status());
        Future<Void> shutdown = Graceful.shutdown(server.context());
        assertEquals(1001, client.read().closeCode());
        Response stopping = plainGet();
        assertEquals(503, stopping.status(), stopping.head());
        assertTrue(stopping.head().contains("Retry-After: 17\r\n"), stopping.head());
        client.send(RawClient.close(1001));
        shutdown.get(10, TimeUnit.SECONDS);
    }

    private Response plainGet() throws IOException {
        try (RawClient check = RawClient.connect(server.port())) {
            check.send(RawClient.ascii("GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            return check.readResponse();
        }
    }

    /** As the sample does it. */
    @Test
    void thePortStaysOpenIfTheContextShutsDownFirst() throws Exception {
        start(withHandlers());
        RawClient client = slowClient();
        Await.until("connection", open::size, count -> count == 1);
        Future<Void> shutdown = Graceful.shutdown(server.context());
        assertEquals(1001, client.read().closeCode());
        try (RawClient late = RawClient.connect(server.port())) {
            assertComeAgain(late);
        }
        client.send(RawClient.close(1001));
        shutdown.get(10, TimeUnit.SECONDS);
    }

    @Test
    void aPeerThatReadsLateIsToldAtLeast() throws Exception {
        WebSocketOptions options =
                OPTIONS.toBuilder().closeTimeout(Duration.ofSeconds(15)).build();
        start(TestServer.of(new Collecting(), options));
        server.server().setStopTimeout(21_000);
        RawClient client = slowClient();
        Await.until("connection", open::size, count -> count == 1);
        WebSocketConnection connection = open.iterator().next();
        for (int i = 0; i < 10; i++) {
            assertTrue(connection.outbox().offer(PreparedMessage.of(MessageType.BINARY, new byte[1 << 20])));
        }
        Future<Void> shutdown = Graceful.shutdown(server.context());
        assertTrue(connection.isOpen(), "its outbox comes first");
        Await.until("the Close frame", Duration.ofSeconds(30), connection::isOpen, isOpen -> !isOpen);
        int messages = 0;
        Frame frame = client.read();
        for (; frame.opcode() == RawClient.BINARY; frame = client.read()) {
            messages++;
        }
        assertEquals(1001, frame.closeCode());
        assertTrue(messages < 10, "the last ones are lost");
        client.send(RawClient.close(1001));
        shutdown.get(10, TimeUnit.SECONDS);
        assertFalse(server.log().text().contains("cut off"), server.log().text());
    }

    /** Nobody but the library reads the peer's Close frame then. */
    @Test
    void aPeerSeesTheEndAlthoughItsHandlerDoesNotRead() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        start(TestServer.of(
                connection -> {
                    open.add(connection);
                    mayEnd.await();
                },
                OPTIONS));
        RawClient client = slowClient();
        Await.until("connection", open::size, count -> count == 1);
        Future<Void> shutdown = Graceful.shutdown(server.context());
        assertEquals(1001, client.read().closeCode());
        client.send(RawClient.text("on its way"), RawClient.close(1001));
        Duration took = client.awaitEnd();
        assertTrue(took.toSeconds() < 6, () -> "took " + took);
        mayEnd.countDown();
        shutdown.get(10, TimeUnit.SECONDS);
    }

    /** One thread looks after all connections whose handlers do not read. */
    @Test
    void aPeerSeesTheEndAlthoughAHandlerOfAnotherConnectionBlocks() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        start(TestServer.of(
                connection -> {
                    connection.setPingHandler(payload -> block(blocked, mayEnd));
                    connection.setCloseHandler(status -> {
                        if (status.code() == 1000) {
                            block(blocked, mayEnd);
                        }
                    });
                    open.add(connection);
                    mayEnd.await();
                },
                OPTIONS));
        RawClient blocks = slowClient();
        RawClient other = slowClient();
        Await.until("connections", open::size, count -> count == 2);
        Future<Void> shutdown = Graceful.shutdown(server.context());
        for (RawClient each : List.of(blocks, other)) {
            assertEquals(1001, each.read().closeCode());
        }
        blocks.send(RawClient.frame(RawClient.PING, RawClient.ascii("p")), RawClient.close(1000));
        assertTrue(blocked.await(5, TimeUnit.SECONDS), "a handler is called");
        other.send(RawClient.close(1001));
        for (RawClient each : List.of(other, blocks)) {
            Duration took = each.awaitEnd();
            assertTrue(took.toSeconds() < 6, () -> "took " + took);
        }
        mayEnd.countDown();
        shutdown.get(10, TimeUnit.SECONDS);
    }

    private static void block(CountDownLatch blocked, CountDownLatch mayEnd) throws IOException {
        blocked.countDown();
        try {
            mayEnd.await();
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    @Test
    void connectionsOfOneAddressAreLimited() throws Exception {
        start(TestServer.of(
                new Collecting(),
                OPTIONS.toBuilder().maxConnectionsPerAddress(2).build()));
        RawClient first = slowClient();
        RawClient unused = slowClient();
        assertEquals(429, handshake("192.0.2.9").status(), "the header is not trusted");
        first.reset();
        Await.until("a free place", () -> handshake("192.0.2.9").status(), status -> status == 101);
        server.log().await("refusing WebSocket handshakes from 127.0.0.1 with 429: 2 connections from there are open");
    }

    @Test
    void aForwardedAddressCountsWhereTheContainerIsToldTo() throws Exception {
        TestServer prepared = TestServer.of(
                new Collecting(),
                OPTIONS.toBuilder().maxConnectionsPerAddress(1).build());
        prepared.connector()
                .getConnectionFactory(HttpConnectionFactory.class)
                .getHttpConfiguration()
                .addCustomizer(new ForwardedRequestCustomizer());
        start(prepared);
        for (String network : List.of("2001:db8:0:1", "2001:db8:0:2")) {
            RawClient client = RawClient.open(server.port(), "/ws", "X-Forwarded-For: " + network + "::1");
            clients.add(client);
            Response refused = handshake(network + "::2");
            assertEquals(429, refused.status());
            assertTrue(refused.head().contains("Retry-After: 17\r\n"), refused.head());
        }
        server.log().await("from 2001:db8:0:1::/64 with 429");
    }

    private Response handshake(String forwardedFor) throws IOException {
        try (RawClient client = RawClient.connect(server.port())) {
            client.send(RawClient.handshake("/ws", "X-Forwarded-For: " + forwardedFor));
            return client.readResponse();
        }
    }
}
