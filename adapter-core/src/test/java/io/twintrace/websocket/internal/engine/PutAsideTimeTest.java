package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.concat;
import static io.twintrace.websocket.fixture.Frames.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.TalkTransport;
import io.twintrace.websocket.fixture.TestPeer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A message that was put aside leaves soon, whatever the reading thread does next. */
class PutAsideTimeTest {
    private static final String A = "810161";
    private static final String B = "810162";
    private static final String C = "810163";

    private static final int ROUNDS = 20_000;
    private static final long MAX_NANOS = 6_000_000_000L;

    private static final int SLOW_TO_MAKE = 8 << 20;
    private static final int SLOW_ROUNDS = 400;

    private static final ExecutorService OTHER = Executors.newSingleThreadExecutor();

    private final TestPeer peer = TestPeer.connect();
    private final BlockingConnection connection = peer.connection();

    @AfterEach
    void close() throws Exception {
        peer.close();
    }

    @AfterAll
    static void end() {
        OTHER.shutdown();
    }

    @Test
    void aHandlerThatReadsOnceAndThenOnlyPushesIsHeard() throws Exception {
        peer.send(concat(text("x"), text("y")));
        connection.readMessage();
        connection.writeMessage("a");
        peer.expectHex(A);
        connection.writeMessage("b");
        connection.writeMessage("c");
        peer.expectHex(B + C);
    }

    @Test
    void anAnswerLeavesWhileTheHandlerIsBusyWithTheNextMessage() throws Exception {
        peer.send(concat(text("x"), text("y")));
        connection.readMessage();
        connection.writeMessage("a");
        connection.readMessage();
        peer.expectHex(A);
    }

    /** The first thread has read last, and is inside a write of its answer. */
    @Test
    void aMessageLeavesWhenAnotherThreadTakesOverReading() throws Exception {
        long until = System.nanoTime() + MAX_NANOS;
        for (int round = 1; round <= ROUNDS && System.nanoTime() - until < 0; round++) {
            takeOver(peer, round, 0);
        }
    }

    /** Making the buffer takes so long that the other thread has read everything by then, and waits. */
    @Test
    void soItDoesWhereThatTakesLongerThanToReadTheRest() throws Exception {
        WebSocketOptions.Builder slow = TestPeer.quick().writeBufferSize(SLOW_TO_MAKE);
        long until = System.nanoTime() + MAX_NANOS;
        for (int round = 1; round <= SLOW_ROUNDS && System.nanoTime() - until < 0; round++) {
            try (TestPeer fresh = TestPeer.connect(slow.build())) {
                takeOver(fresh, round, 20_000);
            }
        }
    }

    private static void takeOver(TestPeer peer, int round, long laterNanos) throws Exception {
        BlockingConnection connection = peer.connection();
        CountDownLatch ready = new CountDownLatch(1);
        AtomicBoolean writing = new AtomicBoolean();
        peer.send(concat(text("x"), text("y")));
        assertEquals("x", connection.readMessage().text());
        Future<Message> last = OTHER.submit(() -> {
            ready.countDown();
            while (!writing.get()) {
                Thread.onSpinWait();
            }
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < laterNanos) {
                Thread.onSpinWait();
            }
            assertEquals("y", connection.readMessage().text());
            return connection.readMessage();
        });
        ready.await();
        writing.set(true);
        connection.writeMessage("a");
        try {
            peer.expectHex(A);
        } catch (IOException e) {
            throw new AssertionError("nothing came in round " + round, e);
        }
        peer.send(text("z"));
        assertEquals(
                "z", last.get(Background.PATIENCE_SECONDS, TimeUnit.SECONDS).text());
    }

    /** Checks the usual time, not a bound: a busy machine could not keep a bound. */
    @Test
    void thatTakesAMillisecondOrTwo() throws Exception {
        int rounds = 101;
        long[] nanos = new long[rounds];
        for (int i = 0; i < rounds; i++) {
            peer.send(concat(text("x"), text("y")));
            connection.readMessage();
            long begin = System.nanoTime();
            connection.writeMessage("a");
            peer.expectHex(A);
            nanos[i] = System.nanoTime() - begin;
            connection.readMessage();
        }
        Arrays.sort(nanos);
        assertTrue(nanos[rounds / 10] < 20_000_000, () -> "took " + nanos[rounds / 10] / 1000 + " us");
    }

    /** The thread did not come back soon, so putting more aside would only delay the output. */
    @Test
    void afterThatNothingIsPutAsideUntilInputIsWaitedForAgain() throws Exception {
        WebSocketOptions options = TestPeer.quick().build();
        TalkTransport transport =
                TalkTransport.arriving(concat(text("x"), text("y"), text("z")), concat(text("x"), text("y")));
        BlockingConnection other = transport.connection(options);
        other.readMessage();
        other.writeMessage("a");
        Background.eventually("it has left", () -> transport.writes().equals(List.of(A)));
        other.writeMessage("b");
        assertEquals(List.of(A, B), transport.writes());
        other.readMessage();
        other.writeMessage("c");
        assertEquals(List.of(A, B, C), transport.writes());
        other.abort();
    }
}
