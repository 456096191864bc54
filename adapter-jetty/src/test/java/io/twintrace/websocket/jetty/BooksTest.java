package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.ConnectionStatistics;
import org.junit.jupiter.api.Test;

/** What is left when connections have ended, in whichever way: nothing. */
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
            assertNothingIsLeft(server);
        }
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

    private void writeForEver(WebSocketConnection connection, CompletableFuture<Throwable> failure) throws Exception {
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

    private void countedEcho(WebSocketConnection connection) throws Exception {
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
        Await.until("no buffer lent for reading", () -> options.readPool().lent(), n -> n == 0);
        Await.until("no buffer lent for writing", () -> options.writePool().lent(), n -> n == 0);
    }
}
