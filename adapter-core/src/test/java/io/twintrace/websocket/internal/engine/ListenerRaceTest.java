package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.OutboxOptions;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.RacingPeer;
import io.twintrace.websocket.fixture.RecordingListener;
import io.twintrace.websocket.fixture.ServerFrames;
import io.twintrace.websocket.fixture.TestPeer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads of the application and of the container use a listener's connection at once, again and again. */
class ListenerRaceTest {
    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(700);
    private static final int LEAST_ROUNDS = 5;

    private final ExecutorService selector = Executors.newSingleThreadExecutor(ListenerRaceTest::daemon);
    private final ExecutorService others = Executors.newCachedThreadPool(ListenerRaceTest::daemon);
    private final WebSocketOptions options = TestPeer.quick()
            .outbox(OutboxOptions.defaults().withMaxMessages(1_000_000))
            .build();
    private final Random random = new Random(1);

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "racing");
        thread.setDaemon(true);
        return thread;
    }

    @AfterEach
    void stop() {
        selector.shutdown();
        others.shutdown();
    }

    /** Counts its calls, and fails at two at once. */
    private static class Counting implements WebSocketListener {
        private final boolean nonBlocking;
        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger overlaps = new AtomicInteger();
        final AtomicInteger closes = new AtomicInteger();
        private final AtomicInteger callsAfterTheLast = new AtomicInteger();

        Counting(boolean nonBlocking) {
            this.nonBlocking = nonBlocking;
        }

        void answer(WebSocketConnection connection, String text) throws Exception {
            connection.writeMessage(text);
        }

        @Override
        public boolean isNonBlocking() {
            return nonBlocking;
        }

        @Override
        public void onOpen(WebSocketConnection connection) {
            begin();
            inside.decrementAndGet();
        }

        @Override
        public void onText(WebSocketConnection connection, String text) throws Exception {
            begin();
            try {
                answer(connection, text);
            } finally {
                inside.decrementAndGet();
            }
        }

        @Override
        public void onError(WebSocketConnection connection, Throwable error) {
            begin();
            inside.decrementAndGet();
        }

        @Override
        public void onClose(WebSocketConnection connection, CloseStatus status) {
            begin();
            closes.incrementAndGet();
            inside.decrementAndGet();
        }

        private void begin() {
            if (inside.getAndIncrement() != 0) {
                overlaps.incrementAndGet();
            }
            if (closes.get() > 0) {
                callsAfterTheLast.incrementAndGet();
            }
        }
    }

    /** Stays in its first call until it may end. */
    private static final class Held extends Counting {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch mayEnd = new CountDownLatch(1);

        Held(boolean nonBlocking) {
            super(nonBlocking);
        }

        @Override
        void answer(WebSocketConnection connection, String text) throws Exception {
            begun.countDown();
            mayEnd.await();
        }
    }

    /** Waits until the connection has ended, and for calls that may still be running. */
    private void assertOver(RacingPeer peer, Counting listener) throws Exception {
        Background.eventually("the end", () -> peer.ends() > 0);
        selector.submit(() -> {}).get(Background.PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertEquals(1, listener.closes.get(), "last calls");
        assertEquals(0, listener.overlaps.get(), "calls at once");
        assertEquals(0, listener.callsAfterTheLast.get(), "calls after the last");
        assertEquals(1, peer.ends(), "ends");
        assertEquals(List.of(), peer.thrown());
        Background.eventually(
                "read buffers given back",
                () -> Shared.of(options).pools().input().lent() == 0);
        Background.eventually(
                "write buffers given back",
                () -> Shared.of(options).pools().write().lent() == 0);
        Background.eventually(
                "buffers for messages given back",
                () -> Shared.of(options).pools().message().lent() == 0);
    }

    private interface Round {
        void run(int number) throws Exception;
    }

    private static void again(Round round) throws Exception {
        long begin = System.nanoTime();
        int rounds = 0;
        while (rounds < LEAST_ROUNDS || System.nanoTime() - begin < NANOS) {
            round.run(rounds++);
        }
    }

    private void aMomentLater() {
        long until = System.nanoTime() + random.nextInt(300_000);
        while (System.nanoTime() - until < 0) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatManyThreadsOfferAndTheListenerAnswersAllArrivesInOrder(boolean nonBlocking) throws Exception {
        int threads = 4;
        int each = 2000;
        Counting offering = new Counting(nonBlocking) {
            @Override
            void answer(WebSocketConnection connection, String text) {
                assertTrue(connection.outbox().offer(text));
            }
        };
        RacingPeer peer = new RacingPeer(offering, options, selector, others);
        List<Background<Void>> writers = new ArrayList<>();
        for (int i = 1; i <= threads; i++) {
            int id = i;
            writers.add(Background.run(() -> {
                for (int n = 0; n < each; n++) {
                    assertTrue(peer.connection().outbox().offer(id + ":" + n));
                }
            }));
        }
        for (int n = 0; n < each; n++) {
            peer.send(text("0:" + n));
        }
        for (Background<Void> writer : writers) {
            writer.result();
        }
        int bytes = 0;
        for (int n = 0; n < each; n++) {
            bytes += (threads + 1) * (2 + ("0:" + n).length());
        }
        int all = bytes;
        Background.eventually("everything has arrived", () -> peer.received().length >= all);
        int[] next = new int[threads + 1];
        for (String event : ServerFrames.events(peer.received())) {
            String message = utf8(event.substring("TEXT ".length()));
            int id = message.charAt(0) - '0';
            assertEquals(id + ":" + next[id]++, message);
        }
        assertEquals(List.of(), peer.conflicts());
        peer.connection().close();
        assertOver(peer, offering);
    }

    private static String utf8(String hex) {
        return StandardCharsets.UTF_8
                .decode(ByteBuffer.wrap(HexFormat.of().parseHex(hex)))
                .toString();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAbortAtAnyMomentIsOneEnd(boolean nonBlocking) throws Exception {
        again(number -> {
            Counting echo = new Counting(nonBlocking);
            RacingPeer peer = new RacingPeer(echo, options, selector, others);
            Background<Void> sending = Background.run(() -> {
                for (int i = 0; i < 50; i++) {
                    peer.send(text("message " + i), Frames.ping("p"));
                }
            });
            aMomentLater();
            peer.connection().abort();
            sending.result();
            assertOver(peer, echo);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCloseAtAnyMomentIsOneEnd(boolean nonBlocking) throws Exception {
        again(number -> {
            Counting echo = new Counting(nonBlocking);
            RacingPeer peer = new RacingPeer(echo, options, selector, others);
            Background<Void> sending = Background.run(() -> {
                for (int i = 0; i < 50; i++) {
                    peer.send(text("message " + i));
                }
            });
            aMomentLater();
            peer.connection().close();
            assertEquals(1, echo.closes.get(), "close() waits for the last call");
            sending.result();
            List<String> events = ServerFrames.events(peer.received());
            assertEquals("CLOSE 03e8", events.get(events.size() - 1));
            assertOver(peer, echo);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closeAndAbortAndThePeersEndAtOnceAreOneEnd(boolean nonBlocking) throws Exception {
        again(number -> {
            Counting echo = new Counting(nonBlocking);
            RacingPeer peer = new RacingPeer(echo, options, selector, others);
            peer.send(text("begin"));
            Background<Void> closing = Background.run(peer.connection()::close);
            Background<Void> leaving = Background.run(() -> peer.send(text("x"), Frames.close(1001)));
            aMomentLater();
            peer.connection().abort();
            closing.result();
            leaving.result();
            assertOver(peer, echo);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closeOfAnotherThreadWaitsForTheCallThatIsBeingMade(boolean nonBlocking) throws Exception {
        Held slow = new Held(nonBlocking);
        RacingPeer peer = new RacingPeer(slow, options, selector, others);
        peer.send(text("begin"));
        assertTrue(slow.begun.await(Background.PATIENCE_SECONDS, TimeUnit.SECONDS));
        Background<Void> closing = Background.run(peer.connection()::close).awaitWaitingIn("ListenerLoop.awaitClose");
        assertEquals(0, slow.closes.get());
        slow.mayEnd.countDown();
        closing.result();
        assertOver(peer, slow);
    }

    /** If a call does not return, a closing thread waits only until the close timeout. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closeDoesNotWaitForEverForACall(boolean nonBlocking) throws Exception {
        Held stuck = new Held(nonBlocking);
        RacingPeer peer = new RacingPeer(stuck, options, selector, others);
        peer.send(text("begin"));
        assertTrue(stuck.begun.await(Background.PATIENCE_SECONDS, TimeUnit.SECONDS));
        long start = System.nanoTime();
        Background.run(peer.connection()::close).result();
        assertTrue(System.nanoTime() - start < 9_000_000_000L);
        assertEquals(0, stuck.closes.get());
        stuck.mayEnd.countDown();
        assertOver(peer, stuck);
    }

    /** As when a server that stops has no more time. */
    @Test
    void noThreadCallsAListenerWhoseConnectionIsStillBeingPrepared() throws Exception {
        RecordingListener listener = new RecordingListener();
        List<String> early = new ArrayList<>();
        Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
        RacingPeer peer = new RacingPeer(listener, options, selector, tasks::add, connection -> {
            connection.abort();
            tasks.forEach(ListenerRaceTest::runOnAnotherThread);
            tasks.clear();
            early.addAll(listener.calls());
        });
        assertEquals(List.of(), early);
        tasks.forEach(Runnable::run);
        assertEquals("open", listener.calls().get(0));
        assertEquals("close 1006", listener.calls().get(listener.calls().size() - 1));
        assertEquals(1, peer.ends());
    }

    private static void runOnAnotherThread(Runnable task) {
        try {
            Background.run(task::run).awaitEnd();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
