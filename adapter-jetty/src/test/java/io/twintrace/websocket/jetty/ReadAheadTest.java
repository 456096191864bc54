package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.MessageReader;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.internal.engine.Shared;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
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

/** Input that comes faster than the handler reads is not lost, doubled or kept. */
class ReadAheadTest {
    /** The most bytes that the selecting thread reads by itself. */
    private static final int AHEAD = 32 * 1024;

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
        Await.until(
                "no buffer lent for reading",
                () -> Shared.of(options).pools().read().lent(),
                n -> n == 0);
        Await.until("no buffer of Jetty's in use", pool::getLeaks, Collection::isEmpty);
        server.close();
    }

    /** A handler that reads one message, which starts reading ahead, and waits before it goes on. */
    private static WebSocketHandler waiting(Latches latches, WebSocketHandler then) {
        return connection -> {
            latches.handler.complete(Thread.currentThread());
            assertEquals("first", connection.readMessage().text());
            latches.begun.countDown();
            latches.mayGoOn.await();
            then.handle(connection);
        };
    }

    private static final class Latches {
        private final CompletableFuture<Thread> handler = new CompletableFuture<>();
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch mayGoOn = new CountDownLatch(1);

        /** Returns once the handler has read its first message and waits. */
        void awaitWaiting(RawClient client) throws Exception {
            Thread thread = handler.get(10, TimeUnit.SECONDS);
            Await.until("the handler to wait for input", thread::getState, state -> state == Thread.State.WAITING);
            client.send(RawClient.text("first"));
            assertTrue(begun.await(10, TimeUnit.SECONDS));
        }
    }

    /** Meanwhile the handler's thread takes no buffer from Jetty. */
    private void awaitReadAhead() throws Exception {
        Await.until("something read ahead", () -> pool.getLeaks().size(), n -> n > 0);
    }

    @Test
    void aStreamThatIsFasterThanItsReaderArrivesByteForByte() throws Exception {
        CompletableFuture<byte[]> digest = new CompletableFuture<>();
        Latches latches = new Latches();
        byte[] part = new byte[1 << 20];
        new Random(1).nextBytes(part);
        MessageDigest expected = MessageDigest.getInstance("SHA-256");
        try (RawClient client = serving(waiting(latches, connection -> digest.complete(digestOf(connection))))) {
            latches.awaitWaiting(client);
            int parts = 30;
            client.send(RawClient.frameHead(RawClient.BINARY, (long) parts * part.length));
            awaitReadAhead();
            for (int i = 0; i < parts; i++) {
                byte[] masked = part.clone();
                RawClient.mask(masked);
                expected.update(part);
                client.send(masked);
                latches.mayGoOn.countDown();
            }
            assertArrayEquals(expected.digest(), digest.get(20, TimeUnit.SECONDS));
        }
    }

    /** Reads with arrays of all sizes, and sometimes falls behind. */
    private static byte[] digestOf(BlockingConnection connection) throws Exception {
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

    /** Two readings ahead would be one too many. */
    @Test
    void piecesThatComeWhileOneIsThereAlreadyWaitForTheHandler() throws Exception {
        Latches latches = new Latches();
        byte[] message = new byte[3000];
        new Random(3).nextBytes(message);
        try (RawClient client = serving(waiting(latches, TestServer::echo))) {
            latches.awaitWaiting(client);
            byte[] frame = RawClient.frame(RawClient.BINARY, message);
            client.send(Arrays.copyOf(frame, 10));
            awaitReadAhead();
            for (int at = 10; at < frame.length; at += 13) {
                client.send(Arrays.copyOfRange(frame, at, Math.min(frame.length, at + 13)));
            }
            latches.mayGoOn.countDown();
            assertArrayEquals(message, client.read().payload());
        }
    }

    /** The first reading ends inside the header of the second message. */
    @Test
    void aHeaderMayLieInTwoReadings() throws Exception {
        for (int inFirst = 1; inFirst < 8; inFirst++) {
            Latches latches = new Latches();
            byte[] second = new byte[3000];
            new Random(inFirst).nextBytes(second);
            CompletableFuture<Void> readOne = new CompletableFuture<>();
            CountDownLatch both = new CountDownLatch(1);
            try (RawClient client = serving(waiting(latches, connection -> {
                assertEquals("one", connection.readMessage().text());
                readOne.complete(null);
                both.await();
                TestServer.echo(connection);
            }))) {
                latches.awaitWaiting(client);
                byte[] frame = RawClient.frame(RawClient.BINARY, second);
                client.send(concat(RawClient.text("one"), Arrays.copyOf(frame, inFirst)));
                awaitReadAhead();
                latches.mayGoOn.countDown();
                readOne.get(10, TimeUnit.SECONDS);
                client.send(Arrays.copyOfRange(frame, inFirst, frame.length));
                Await.until("a second reading", () -> pool.getLeaks().size(), n -> n == 2);
                both.countDown();
                assertArrayEquals(second, client.read().payload());
            }
            nothingIsLeft();
        }
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    @Test
    void whatTheHandlerHasTakenWhollyIsGivenBackBeforeItReadsOn() throws Exception {
        Latches latches = new Latches();
        CompletableFuture<Integer> held = new CompletableFuture<>();
        try (RawClient client = serving(waiting(latches, connection -> {
            assertEquals("one", connection.readMessage().text());
            held.complete(pool.getLeaks().size());
        }))) {
            latches.awaitWaiting(client);
            client.send(RawClient.text("one"));
            awaitReadAhead();
            latches.mayGoOn.countDown();
            assertEquals(0, held.get(10, TimeUnit.SECONDS));
        }
    }

    /** Sizes around one reading ahead, with the client waiting for each answer. */
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
        Latches latches = new Latches();
        int messages = 50_000;
        try (RawClient client = serving(waiting(latches, connection -> {
            for (int i = 0; i < messages; i++) {
                assertEquals(Integer.toString(i), connection.readMessage().text());
            }
            connection.writeMessage("all");
        }))) {
            latches.awaitWaiting(client);
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < messages; i++) {
                        client.send(RawClient.text(Integer.toString(i)));
                        if (i == 20_000) {
                            latches.mayGoOn.countDown();
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
        Latches latches = new Latches();
        CompletableFuture<Integer> read = new CompletableFuture<>();
        byte[] message = RawClient.frame(RawClient.BINARY, new byte[1000]);
        try (RawClient client = serving(waiting(latches, connection -> {
            int messages = 0;
            try {
                while (connection.readMessage() != null) {
                    messages++;
                }
            } finally {
                read.complete(messages);
            }
        }))) {
            latches.awaitWaiting(client);
            for (int i = 0; i < 100; i++) {
                client.send(message);
            }
            client.shutdownOutput();
            awaitReadAhead();
            latches.mayGoOn.countDown();
            assertEquals(100, read.get(10, TimeUnit.SECONDS));
            assertEquals(1011, client.readToClose()); // since the handler throws
        }
    }

    @Test
    void aPeerThatIsResetWhileTheHandlerDoesNotReadLeavesNothing() throws Exception {
        for (int size : new int[] {0, 1, 100, AHEAD, 10 * AHEAD}) {
            Latches latches = new Latches();
            CompletableFuture<String> end = new CompletableFuture<>();
            RawClient client = serving(waiting(latches, connection -> {
                try {
                    while (connection.readMessage() != null) {}
                    end.complete("none");
                } catch (IOException e) {
                    end.complete("an exception");
                }
            }));
            latches.awaitWaiting(client);
            client.send(Arrays.copyOf(RawClient.frame(RawClient.BINARY, new byte[20 * AHEAD]), size));
            if (size > 0) {
                awaitReadAhead();
            }
            client.reset();
            latches.mayGoOn.countDown();
            assertEquals("an exception", end.get(10, TimeUnit.SECONDS));
            nothingIsLeft();
        }
    }

    @Test
    void whatWasReadAheadAndNobodyTakesIsGivenBack() throws Exception {
        Latches latches = new Latches();
        try (RawClient client = serving(waiting(latches, BlockingConnection::abort))) {
            latches.awaitWaiting(client);
            client.send(RawClient.text("never read"));
            awaitReadAhead();
            latches.mayGoOn.countDown();
            client.awaitEnd();
        }
    }

    @Test
    void soIsWhatTheHandlerHasTakenOnlyAPartOf() throws Exception {
        Latches latches = new Latches();
        try (RawClient client = serving(waiting(latches, connection -> {
            MessageReader reader = connection.nextReader();
            assertEquals(1, reader.read(new byte[1], 0, 1));
            connection.abort();
        }))) {
            latches.awaitWaiting(client);
            client.send(Arrays.copyOf(RawClient.frame(RawClient.BINARY, new byte[2 * AHEAD]), AHEAD));
            awaitReadAhead();
            latches.mayGoOn.countDown();
            client.awaitEnd();
        }
    }

    @Test
    void soItIsWhenTheServerStops() throws Exception {
        Latches latches = new Latches();
        try (RawClient client = serving(waiting(latches, connection -> {}))) {
            latches.awaitWaiting(client);
            client.send(RawClient.text("never read"));
            awaitReadAhead();
            server.stop();
            client.awaitEnd();
        } finally {
            latches.mayGoOn.countDown();
        }
    }
}
