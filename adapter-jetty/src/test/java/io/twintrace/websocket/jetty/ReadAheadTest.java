package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.MessageReader;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.internal.engine.Shared;
import io.twintrace.websocket.internal.io.InputBuffers;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Input that comes faster than the handler reads is not lost, doubled or kept. */
class ReadAheadTest {
    /** The most bytes that the selecting thread reads by itself at first. */
    private static final int AHEAD = 5000;

    /** The most that it reads once the peer has sent more than that. */
    private static final int FAR_AHEAD = 256 * 1024;

    private final WebSocketOptions options =
            WebSocketOptions.builder().readLimit(0).readBufferSize(AHEAD).build();
    private final Shared shared = Shared.of(options);
    private TestServer server;

    private RawClient serving(WebSocketHandler handler) throws Exception {
        ServletContextHandler context = new ServletContextHandler("/");
        JettyWebSockets.add(context, "/ws", handler, options);
        server = new TestServer(context).start();
        return server.rawClient();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        Await.until("no endpoint", () -> server.connector().getConnectedEndPoints(), Collection::isEmpty);
        Await.until("no buffer lent", this::lent, n -> n == 0);
        server.close();
    }

    private int lent() {
        return shared.pools().input().lent();
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

    /** Meanwhile the handler's thread takes no buffer. */
    private void awaitReadAhead() throws Exception {
        Await.until("something read ahead", this::lent, n -> n > 0);
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
                Await.until("a second reading", this::lent, n -> n == 2);
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
            held.complete(lent());
        }))) {
            latches.awaitWaiting(client);
            client.send(RawClient.text("one"));
            awaitReadAhead();
            latches.mayGoOn.countDown();
            assertEquals(0, held.get(10, TimeUnit.SECONDS));
        }
    }

    /** Sizes around one reading ahead, with the client waiting for each answer. Large buffers are used after small ones. */
    @Test
    void messagesOfEveryLengthAroundTheBuffersComeBack() throws Exception {
        try (RawClient client = serving(TestServer::echo)) {
            int[] small = {0, 1, 125};
            int[] aroundBoth = IntStream.of(AHEAD, FAR_AHEAD)
                    .flatMap(full -> IntStream.of(-15, -14, -13, -9, -8, -7, 0, full - 14, full - 8)
                            .map(n -> full + n))
                    .toArray();
            for (int size : Stream.of(small, aroundBoth, small, aroundBoth)
                    .flatMapToInt(IntStream::of)
                    .toArray()) {
                byte[] payload = new byte[size];
                new Random(size).nextBytes(payload);
                client.send(RawClient.frame(RawClient.BINARY, payload));
                assertArrayEquals(payload, client.read().payload(), () -> size + " bytes");
            }
        }
    }

    /** The selector's thread reads at most one of the usual buffers, until that was not enough. */
    @Test
    void whoHasSentMuchIsReadIntoALargeBufferUntilItSendsLittleAgain() throws Exception {
        Await.until(
                "memory for a large buffer", this::lendsLarge, large -> large); // not after a test that has used it up
        Semaphore turns = new Semaphore(0);
        CompletableFuture<Thread> handler = new CompletableFuture<>();
        byte[] small = RawClient.text("small");
        byte[] large = RawClient.frame(RawClient.BINARY, new byte[20_000]);
        try (RawClient client = serving(connection -> {
            handler.complete(Thread.currentThread());
            for (turns.acquire(); connection.readMessage() != null; turns.acquire()) {
                connection.writeMessage("read");
            }
        })) {
            for (byte[] message : List.of(large, small)) {
                haveTheHandlerWaitForInput(turns, handler);
                client.send(message);
                client.read();
            }
            client.send(small);
            awaitReadAhead();
            Await.until("no large buffer for so little", shared.pools().input()::lentLarge, n -> n == 0);
            turns.release();
            client.read();

            haveTheHandlerWaitForInput(turns, handler);
            client.send(small);
            client.read();
            client.send(large);
            awaitReadAhead();
            assertEquals(1, shared.pools().input().lentLarge());
            turns.release();
            client.read();
            for (int i = 0; i < 20; i++) {
                haveTheHandlerWaitForInput(turns, handler);
                client.send(small);
                client.read();
            }
            client.send(large);
            awaitReadAhead();
            assertEquals(0, shared.pools().input().lentLarge());
            turns.release(2);
            client.read();
        }
    }

    private boolean lendsLarge() {
        InputBuffers buffers = shared.pools().input();
        ByteBuffer buffer = buffers.acquire(FAR_AHEAD);
        boolean large = buffers.lentLarge() > 0;
        buffers.release(buffer);
        return large;
    }

    private static void haveTheHandlerWaitForInput(Semaphore turns, CompletableFuture<Thread> handler)
            throws Exception {
        Thread thread = handler.get(10, TimeUnit.SECONDS);
        turns.release();
        Await.until("the turn to be taken", turns::availablePermits, n -> n == 0);
        Await.until("the handler to wait for input", thread::getState, state -> state == Thread.State.WAITING);
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
        for (int size : new int[] {0, 1, 100, AHEAD, 10 * AHEAD, 3 * FAR_AHEAD}) {
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
            client.send(Arrays.copyOf(RawClient.frame(RawClient.BINARY, new byte[4 * FAR_AHEAD]), size));
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
