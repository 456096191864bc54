package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.MessageReader;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collection;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Input that comes faster than the handler reads: nothing of it is lost, doubled or kept. */
class ReadAheadTest {
    /** What the thread that selects reads by itself at most. */
    private static final int AHEAD = 16 * 1024;

    private final ArrayByteBufferPool.Tracking pool = new ArrayByteBufferPool.Tracking();
    private final WebSocketOptions options =
            WebSocketOptions.builder().readLimit(0).readBufferSize(5000).build();
    private TestServer server;

    private RawClient serving(WebSocketHandler handler) throws Exception {
        ServletContextHandler context = new ServletContextHandler("/");
        JettyWebSockets.add(context, "/ws", handler, options);
        server = new TestServer(context, pool).start();
        return server.rawClient();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        Await.until("no endpoint", () -> server.connector().getConnectedEndPoints(), Collection::isEmpty);
        Await.until("no buffer lent for reading", () -> options.readPool().lent(), n -> n == 0);
        Await.until("no buffer of Jetty's in use", pool::getLeaks, Collection::isEmpty);
        server.close();
    }

    @Test
    void aStreamThatIsFasterThanItsReaderArrivesByteForByte() throws Exception {
        CompletableFuture<byte[]> digest = new CompletableFuture<>();
        CountDownLatch mayRead = new CountDownLatch(1);
        byte[] part = new byte[1 << 20];
        new Random(1).nextBytes(part);
        MessageDigest expected = MessageDigest.getInstance("SHA-256");
        try (RawClient client = serving(connection -> {
            mayRead.await();
            digest.complete(digestOf(connection));
        })) {
            int parts = 30;
            client.send(RawClient.frameHead(RawClient.BINARY, (long) parts * part.length));
            for (int i = 0; i < parts; i++) {
                byte[] masked = part.clone();
                RawClient.mask(masked);
                expected.update(part);
                client.send(masked);
                mayRead.countDown(); // when the first part, at least, was waiting
            }
            assertArrayEquals(expected.digest(), digest.get(20, TimeUnit.SECONDS));
        }
    }

    /** Reads with arrays of all sizes, and falls behind now and then. */
    private static byte[] digestOf(WebSocketConnection connection) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        Random random = new Random(2);
        byte[] into = new byte[40_000];
        MessageReader reader = connection.nextReader();
        for (int n; (n = reader.read(into, 0, 1 + random.nextInt(into.length))) >= 0; ) {
            digest.update(into, 0, n);
            if (random.nextInt(100) == 0) {
                LockSupport.parkNanos(200_000);
            }
        }
        return digest.digest();
    }

    /** Around what is read ahead at once, with the client waiting for each answer. */
    @Test
    void messagesOfEveryLengthAroundTheBuffersComeBack() throws Exception {
        try (RawClient client = serving(TestServer::echo)) {
            for (int size : new int[] {0, 1, 4986, 4992, 5000, AHEAD - 9, AHEAD - 8, AHEAD - 7, AHEAD, 2 * AHEAD - 8}) {
                byte[] payload = new byte[size];
                new Random(size).nextBytes(payload);
                client.send(RawClient.frame(RawClient.BINARY, payload));
                assertArrayEquals(payload, client.read().payload(), () -> size + " bytes");
            }
        }
    }

    @Test
    void manySmallMessagesThatWaitForTheHandlerAreAllRead() throws Exception {
        CountDownLatch mayRead = new CountDownLatch(1);
        int messages = 50_000;
        try (RawClient client = serving(connection -> {
            mayRead.await();
            for (int i = 0; i < messages; i++) {
                assertEquals(Integer.toString(i), connection.readMessage().text());
            }
            connection.writeMessage("all");
        })) {
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < messages; i++) {
                        client.send(RawClient.text(Integer.toString(i)));
                        if (i == 20_000) {
                            mayRead.countDown();
                        }
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertEquals("all", client.read().text());
            sent.get(15, TimeUnit.SECONDS);
        }
    }

    @Test
    void theRestOfAPeerThatHasEndedIsStillRead() throws Exception {
        CountDownLatch mayRead = new CountDownLatch(1);
        CompletableFuture<Integer> read = new CompletableFuture<>();
        byte[] message = RawClient.frame(RawClient.BINARY, new byte[1000]);
        try (RawClient client = serving(connection -> {
            mayRead.await();
            int messages = 0;
            try {
                while (connection.readMessage() != null) {
                    messages++;
                }
            } finally {
                read.complete(messages);
            }
        })) {
            for (int i = 0; i < 100; i++) {
                client.send(message);
            }
            client.shutdownOutput();
            mayRead.countDown();
            assertEquals(100, read.get(10, TimeUnit.SECONDS));
            assertEquals(1011, client.readToClose()); // since the handler throws
        }
    }

    @Test
    void aPeerThatIsResetWhileTheHandlerDoesNotReadLeavesNothing() throws Exception {
        for (int size : new int[] {0, 1, 100, AHEAD, 10 * AHEAD}) {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch mayRead = new CountDownLatch(1);
            CompletableFuture<String> end = new CompletableFuture<>();
            RawClient client = serving(connection -> {
                begun.countDown();
                mayRead.await();
                try {
                    while (connection.readMessage() != null) {}
                    end.complete("none");
                } catch (IOException e) {
                    end.complete("an exception");
                }
            });
            assertTrue(begun.await(10, TimeUnit.SECONDS));
            client.send(Arrays.copyOf(RawClient.frame(RawClient.BINARY, new byte[20 * AHEAD]), size));
            client.reset();
            mayRead.countDown();
            assertEquals("an exception", end.get(10, TimeUnit.SECONDS));
            nothingIsLeft();
        }
    }

    @Test
    void aHandlerThatNeverReadsLeavesNothingEither() throws Exception {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        try (RawClient client = serving(connection -> {
            connection.readMessage();
            begun.complete(null);
            connection.abort();
        })) {
            client.send(RawClient.text("a"), new byte[3 * AHEAD]);
            begun.get(10, TimeUnit.SECONDS);
            client.awaitEnd();
        }
    }
}
