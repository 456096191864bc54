package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.ByteCounts;
import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.Outbox;
import io.twintrace.websocket.OutboxOptions;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.WhenFull;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import io.twintrace.websocket.servlet.Upgrade;
import io.twintrace.websocket.servlet.UpgradeServlet;
import io.twintrace.websocket.servlet.WebSocketMetrics;
import io.twintrace.websocket.servlet.WebSocketTotals;
import io.twintrace.websocket.servlet.WebSocketUpgrader;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be watched of the connections of a servlet. */
class MetricsTest {
    private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

    private static final byte[] LARGE = new byte[1 << 20];

    /** A server with one servlet, named "watched", on /ws of an application. */
    private static TestServer serving(String application, UpgradeServlet servlet) throws Exception {
        ServletContextHandler context = new ServletContextHandler(application);
        ServletHolder holder = new ServletHolder("watched", servlet);
        holder.setInitOrder(0);
        context.addServlet(holder, "/ws/*");
        return new TestServer(context).start();
    }

    private static TestServer serving(String application, WebSocketHandler handler, WebSocketOptions options)
            throws Exception {
        return serving(application, new UpgradeServlet(handler, options));
    }

    private static WebSocketMetrics metrics(String application, String servlet) {
        return WebSocketMetrics.running().stream()
                .filter(each ->
                        each.application().equals(application) && each.servlet().equals(servlet))
                .findFirst()
                .orElseThrow();
    }

    private static WebSocketTotals await(String application, Predicate<WebSocketTotals> expected) throws Exception {
        return Await.until("the totals", metrics(application, "watched")::totals, expected);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void messagesAndTheirBytesAreCountedWhileTheConnectionIsOpenAndAfterwards(boolean listening) throws Exception {
        String application = "/counted" + listening;
        UpgradeServlet servlet =
                listening ? new UpgradeServlet(EchoListener.of(true)) : new UpgradeServlet(TestServer::echo);
        try (TestServer server = serving(application, servlet)) {
            try (RawClient client = RawClient.open(server.port(), application + "/ws")) {
                client.send(RawClient.text("one"), RawClient.text(""), RawClient.frame(RawClient.PING, new byte[5]));
                client.send(RawClient.text("three"));
                for (int i = 0; i < 4; i++) { // with the Pong
                    client.read();
                }
                WebSocketTotals totals = await(application, now -> now.messagesSent() == 3);
                assertEquals(1, totals.open());
                assertEquals(3, totals.messagesReceived());
                assertEquals(new ByteCounts(8, 8, 8, 8), totals.bytes());
                client.send(RawClient.close(1000));
                assertEquals(1000, client.readToClose());
            }
            WebSocketTotals totals = await(application, now -> now.open() == 0);
            assertEquals(1, totals.opened());
            assertEquals(3, totals.messagesReceived());
            assertEquals(3, totals.messagesSent());
            assertEquals(new ByteCounts(8, 8, 8, 8), totals.bytes());
            try (RawClient client = RawClient.open(server.port(), application + "/ws")) {
                client.send(RawClient.text("x"));
                assertEquals("x", client.read().text());
                totals = await(application, now -> now.messagesSent() == 4);
                assertEquals(2, totals.opened());
                assertEquals(new ByteCounts(9, 9, 9, 9), totals.bytes());
            }
        }
    }

    @Test
    void messagesInPiecesPreparedAndCompressedOnesCountOnce() throws Exception {
        WebSocketOptions options =
                WebSocketOptions.builder().deflate(DeflateOptions.on()).build();
        WebSocketHandler handler = connection -> {
            connection.readMessage();
            try (MessageWriter writer = connection.nextWriter(MessageType.TEXT)) {
                writer.write("a".repeat(100_000));
                writer.write("b".repeat(100_000));
            }
            connection.writePrepared(PreparedMessage.text("c".repeat(1000)));
            connection.writeMessage("d".repeat(1000));
            connection.readMessage();
        };
        try (TestServer server = serving("/pieces", handler, options);
                RawClient client =
                        RawClient.open(server.port(), "/pieces/ws", "Sec-WebSocket-Extensions: permessage-deflate")) {
            byte[] begin = RawClient.frame(RawClient.TEXT, new byte[3]);
            begin[0] &= 0x7F; // not the last frame
            client.send(begin, RawClient.frame(0, new byte[0]));
            WebSocketTotals totals = await("/pieces", now -> now.messagesSent() == 3);
            assertEquals(1, totals.messagesReceived());
            assertEquals(3, totals.bytes().received());
            assertEquals(202_000, totals.bytes().sent());
            assertTrue(totals.bytes().sentOnWire() < 10_000, totals::toString);
        }
    }

    @Test
    void refusedHandshakesAreCountedAndHealthChecksAreNot() throws Exception {
        UpgradeServlet servlet =
                new UpgradeServlet(
                        TestServer::echo,
                        WebSocketOptions.builder().maxConnections(1).build()) {
                    private static final long serialVersionUID = 1L;

                    @Override
                    protected void prepare(Upgrade upgrade) throws IOException {
                        if (upgrade.request().getRequestURI().endsWith("/secret")) {
                            upgrade.refuse(401, "who are you?");
                        }
                    }
                };
        try (TestServer server = serving("/refusing", servlet)) {
            assertEquals(403, refused(server, "/refusing/ws", "Origin: http://elsewhere.example"));
            assertEquals(401, refused(server, "/refusing/ws/secret"));
            try (RawClient browser = RawClient.connect(server.port())) {
                browser.send(RawClient.ascii("GET /refusing/ws HTTP/1.1\r\nHost: x\r\n\r\n"));
                assertEquals(400, browser.readResponse().status());
            }
            try (RawClient open = RawClient.open(server.port(), "/refusing/ws")) {
                assertEquals(503, refused(server, "/refusing/ws"));
                open.send(RawClient.close(1000));
                assertEquals(1000, open.readToClose());
            }
            WebSocketTotals totals = await("/refusing", now -> now.refused() == 3 && now.open() == 0);
            assertEquals(1, totals.opened());
        }
    }

    private static int refused(TestServer server, String path, String... headers) throws Exception {
        try (RawClient client = RawClient.connect(server.port())) {
            client.send(RawClient.handshake(path, headers));
            return client.readResponse().status();
        }
    }

    @Test
    void bytesOfAPeerThatDoesNotReadArePendingUntilTheWriteTimeoutClosesIt() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        WebSocketOptions options =
                WebSocketOptions.builder().writeTimeout(Duration.ofSeconds(5)).build();
        WebSocketHandler handler = connection -> {
            try {
                while (true) {
                    connection.writeMessage(MessageType.BINARY, LARGE);
                }
            } catch (IOException e) {
                mayEnd.await();
                throw e;
            }
        };
        try (TestServer server = serving("/timeout", handler, options);
                RawClient deaf = RawClient.open(server.port(), "/timeout/ws")) {
            WebSocketTotals totals = await("/timeout", now -> now.pendingBytes() > 0);
            assertTrue(totals.pendingBytes() <= LARGE.length + 16, totals::toString);
            assertEquals(0, totals.closedWriteTimeout());
            await("/timeout", now -> now.pendingBytes() == 0);
            mayEnd.countDown();
            totals = await("/timeout", now -> now.open() == 0);
            assertEquals(1, totals.closedWriteTimeout());
            assertEquals(0, totals.closedOutboxFull());
            deaf.awaitEnd();
        }
    }

    @Test
    void aFullOutboxWaitsForItsPeerAndThenClosesIt() throws Exception {
        WebSocketOptions options = WebSocketOptions.builder()
                .closeTimeout(Duration.ofMillis(300))
                .outbox(OutboxOptions.defaults()
                        .withMaxBytes(64 << 20)
                        .withWhenFull(WhenFull.closePeer(CloseCode.TRY_AGAIN_LATER, Duration.ofSeconds(4))))
                .build();
        WebSocketHandler handler = connection -> {
            Outbox outbox = connection.outbox();
            while (outbox.offer(MessageType.BINARY, LARGE)) {}
            while (connection.readMessage() != null) {}
        };
        try (TestServer server = serving("/full", handler, options);
                RawClient deaf = RawClient.open(server.port(), "/full/ws")) {
            await("/full", now -> now.outboxBytes() > 1 << 20);
            WebSocketTotals totals = await("/full", now -> now.open() == 0);
            assertEquals(1, totals.closedOutboxFull());
            assertEquals(0, totals.closedWriteTimeout());
            assertEquals(0, totals.outboxBytes());
            deaf.awaitEnd();
        }
    }

    @Test
    void aConcurrentWriteIsCountedForItsServlet() throws Exception {
        WebSocketOptions locked = WebSocketOptions.builder()
                .writeDiscipline(connection -> WriteDiscipline.guardedBy(connection.writeLock()))
                .build();
        WebSocketHandler careless = connection -> {
            connection.readMessage();
            connection.writeMessage("without the lock");
        };
        try (TestServer server = serving("/careless", careless, locked);
                RawClient client = RawClient.open(server.port(), "/careless/ws")) {
            client.send(RawClient.text("go"));
            assertEquals(CloseCode.INTERNAL_ERROR, client.readToClose());
            client.send(RawClient.close(CloseCode.INTERNAL_ERROR));
            assertEquals(
                    1,
                    await("/careless", now -> now.opened() == 1 && now.open() == 0)
                            .concurrentWrites());
        }
    }

    @Test
    void allUpgradersOfAnApplicationAreOneServlet() throws Exception {
        List<WebSocketUpgrader> upgraders = List.of(new WebSocketUpgrader(), new WebSocketUpgrader());
        ServletContextHandler context = new ServletContextHandler("/upgraders");
        context.addServlet(
                new ServletHolder(new HttpServlet() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    protected void doGet(HttpServletRequest request, HttpServletResponse response)
                            throws ServletException, IOException {
                        int which = Integer.parseInt(request.getPathInfo().substring(1));
                        upgraders.get(which).upgrade(request, response, (WebSocketHandler) TestServer::echo);
                    }
                }),
                "/ws/*");
        try (TestServer server = new TestServer(context).start()) {
            converse(server, "/upgraders/ws/0");
            converse(server, "/upgraders/ws/1");
            WebSocketMetrics metrics = metrics("/upgraders", WebSocketMetrics.UPGRADER);
            Await.until("both", metrics::totals, now -> now.opened() == 2 && now.open() == 0);
            upgraders.get(0).close();
            assertEquals(2, metrics.totals().opened());
            assertEquals(2, metrics.totals().messagesSent());
            upgraders.get(1).close();
            assertTrue(!WebSocketMetrics.running().contains(metrics));
        }
    }

    private static void converse(TestServer server, String path) throws Exception {
        try (RawClient client = RawClient.open(server.port(), path)) {
            client.send(RawClient.text("hello"));
            assertEquals("hello", client.read().text());
            client.send(RawClient.close(1000));
            assertEquals(1000, client.readToClose());
        }
    }

    @Test
    void noCountBecomesSmallerWhileConnectionsComeAndGo() throws Exception {
        try (TestServer server = serving("/busy", TestServer::echo, WebSocketOptions.defaults())) {
            WebSocketMetrics metrics = metrics("/busy", "watched");
            Thread visitors = new Thread(() -> {
                try {
                    for (int i = 0; i < 300; i++) {
                        converse(server, "/busy/ws");
                    }
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            visitors.start();
            WebSocketTotals before = metrics.totals();
            while (visitors.isAlive()) {
                WebSocketTotals now = metrics.totals();
                assertTrue(now.messagesReceived() >= before.messagesReceived(), () -> now.toString());
                assertTrue(now.messagesReceived() <= now.opened(), () -> now.toString());
                before = now;
            }
            WebSocketTotals end = await("/busy", now -> now.open() == 0 && now.opened() == 300);
            assertEquals(300, end.messagesReceived());
            assertEquals(1500, end.bytes().sent());
        }
    }

    @Test
    void theBeanShowsTheSameWhileTheServletRuns() throws Exception {
        ObjectName name =
                new ObjectName("io.twintrace.websocket:type=Connections,application=\"/bean\",servlet=\"watched\"");
        try (TestServer server = serving("/bean", TestServer::echo, WebSocketOptions.defaults())) {
            converse(server, "/bean/ws");
            await("/bean", now -> now.open() == 0 && now.opened() == 1);
            assertEquals(0, SERVER.getAttribute(name, "Open"));
            assertEquals(1L, SERVER.getAttribute(name, "Opened"));
            assertEquals(1L, SERVER.getAttribute(name, "MessagesReceived"));
            assertEquals(5L, SERVER.getAttribute(name, "BytesSentOnWire"));
            assertEquals(0.0, SERVER.getAttribute(name, "RoundTripMeanMillis"));
            server.stop();
            assertEquals(Set.of(), SERVER.queryNames(name, null));
        }
    }

    @Test
    void aListenerIsToldOfServletsThatStartAndStop() throws Exception {
        List<String> told = new ArrayList<>();
        WebSocketMetrics.Listener listener = new WebSocketMetrics.Listener() {
            @Override
            public void started(WebSocketMetrics metrics) {
                if (metrics.application().equals("/told")) { // not one that another test has left
                    told.add("started " + metrics.application());
                    throw new IllegalStateException("must not matter");
                }
            }

            @Override
            public void stopped(WebSocketMetrics metrics) {
                if (metrics.application().equals("/told")) {
                    told.add("stopped " + metrics.application());
                }
            }
        };
        ServletContextHandler context = new ServletContextHandler("/told");
        JettyWebSockets.add(context, "/ws", (BlockingConnection connection) -> {});
        WebSocketMetrics.addListener(listener);
        try (TestServer server = new TestServer(context).start()) {
            server.stop();
            assertEquals(List.of("started /told", "stopped /told"), told);
            WebSocketMetrics.removeListener(listener);
            server.start();
            assertEquals(2, told.size());
        } finally {
            WebSocketMetrics.removeListener(listener);
        }
    }
}
