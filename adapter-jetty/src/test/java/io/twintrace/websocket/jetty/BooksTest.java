package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.internal.engine.Shared;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ConnectionStatistics;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing is left when connections have ended, however they end. */
class BooksTest {
    private final WebSocketOptions options = WebSocketOptions.builder()
            .writeTimeout(Duration.ofMillis(500))
            .closeTimeout(Duration.ofMillis(500))
            .build();
    private final AtomicInteger handlers = new AtomicInteger();

    @Test
    void jettysStatisticsGoBackToZero() throws Exception {
        try (TestServer server = TestServer.of(this::countedEcho, options)) {
            ConnectionStatistics statistics = new ConnectionStatistics();
            server.connector().addBean(statistics);
            server.start();
            for (int i = 0; i < 10; i++) {
                RawClient client = server.rawClient();
                expectEcho(client);
                assertEquals(1, statistics.getConnections());
                if (i % 2 == 0) {
                    client.send(RawClient.close(1000));
                    client.readToClose();
                }
                client.close();
                Await.until("no connection to be left", statistics::getConnections, n -> n == 0);
            }
            assertEquals(20, statistics.getConnectionsTotal(), "HTTP and WebSocket are counted one after the other");
            assertNothingIsLeft(server);
        }
    }

    @Test
    void aConnectionListenerOfJettysThatThrowsChangesNothing() throws Exception {
        try (TestServer server = TestServer.of(this::countedEcho, options)) {
            CountDownLatch closed = new CountDownLatch(1);
            server.connector().addEventListener(new Connection.Listener() {
                @Override
                public void onOpened(Connection connection) {
                    throw new IllegalStateException("must not matter");
                }

                @Override
                public void onClosed(Connection connection) {
                    if (connection instanceof Connection.UpgradeTo) {
                        closed.countDown();
                    }
                    throw new IllegalStateException("must not matter");
                }
            });
            server.start();
            try (RawClient client = server.rawClient()) {
                expectEcho(client);
            }
            assertTrue(closed.await(5, TimeUnit.SECONDS), "Jetty's listener was not told of the end");
            assertNothingIsLeft(server);
        }
    }

    /** An upgraded connection keeps its place exactly as long as it is open. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void jettysConnectionLimitHoldsForUpgradedConnections(boolean listening) throws Exception {
        try (TestServer server =
                listening ? TestServer.of(EchoListener.of(true), options) : TestServer.of(this::countedEcho, options)) {
            NetworkConnectionLimit limit = new NetworkConnectionLimit(2, server.connector());
            server.connector().addBean(limit);
            server.start();
            try (RawClient first = server.rawClient();
                    RawClient second = server.rawClient();
                    RawClient third = RawClient.connect(server.port())) {
                expectEcho(first);
                expectEcho(second);
                assertEquals(2, limit.getNetworkConnectionCount());
                assertFalse(server.connector().isAccepting());
                third.send(RawClient.handshake("/ws"), RawClient.text("hello"));
                third.awaitSilence(Duration.ofMillis(200));

                first.send(RawClient.close(1000));
                first.readToClose();
                assertEquals(101, third.readResponse().status());
                assertEquals("hello", third.read().text());
                second.reset();
                third.reset();
                Await.until("no connection to be counted", limit::getNetworkConnectionCount, n -> n == 0);
                assertTrue(server.connector().isAccepting());
            }
            assertNothingIsLeft(server);
        }
    }

    private static void expectEcho(RawClient client) throws Exception {
        client.send(RawClient.text("hello"));
        assertEquals("hello", client.read().text());
    }

    /** RST in every state of the parser. */
    @Test
    void peersThatVanishAnywhereInAMessageLeaveNothing() throws Exception {
        byte[] message = RawClient.frame(RawClient.BINARY, new byte[300]);
        try (TestServer server = TestServer.serving(this::countedEcho, options)) {
            for (int cut = 0; cut <= message.length; cut += cut < 10 ? 1 : 97) {
                RawClient client = server.rawClient();
                client.send(Arrays.copyOf(message, cut));
                client.reset();
            }
            assertNothingIsLeft(server);
        }
    }

    @Test
    void peersThatVanishRightAfterTheHandshakesRequestLeaveNothing() throws Exception {
        try (TestServer server = TestServer.serving(this::countedEcho, options)) {
            for (int i = 0; i < 50; i++) {
                RawClient client = RawClient.connect(server.port());
                client.send(RawClient.handshake("/ws"), RawClient.text("anybody there?"));
                client.reset();
            }
            assertNothingIsLeft(server);
        }
    }

    @Test
    void peerThatDoesNotReadIsGivenUpAtTheWriteTimeout() throws Exception {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        try (TestServer server = TestServer.serving(connection -> writeForEver(connection, failure), options);
                RawClient client = server.rawClient()) {
            long begin = System.nanoTime();
            client.send(RawClient.text("begin"));
            assertInstanceOf(SocketTimeoutException.class, failure.get(15, TimeUnit.SECONDS));
            assertTrue(System.nanoTime() - begin < 5e9, "the write timeout is half a second");
            assertNothingIsLeft(server);
        }
    }

    private void writeForEver(BlockingConnection connection, CompletableFuture<Throwable> failure) throws Exception {
        handlers.incrementAndGet();
        try {
            connection.readMessage();
            while (true) {
                connection.writeMessage(MessageType.BINARY, new byte[100_000]);
            }
        } catch (Exception e) {
            failure.complete(e);
            throw e;
        } finally {
            handlers.decrementAndGet();
        }
    }

    private void countedEcho(BlockingConnection connection) throws Exception {
        handlers.incrementAndGet();
        try {
            TestServer.echo(connection);
        } finally {
            handlers.decrementAndGet();
        }
    }

    private void assertNothingIsLeft(TestServer server) throws Exception {
        Await.until("no handler", handlers::get, n -> n == 0);
        Await.until("no handler's thread", TestThreads::handlers, List::isEmpty);
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
}
