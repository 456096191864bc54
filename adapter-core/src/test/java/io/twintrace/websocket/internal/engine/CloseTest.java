package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.BINARY;
import static io.twintrace.websocket.fixture.Frames.CONTINUATION;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.CloseSentException;
import io.twintrace.websocket.ControlType;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageReader;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.FilterTransport;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TestPeer;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CloseTest {
    /** More than a tight connection can buffer. */
    private static final int MUCH = 4 << 20;

    private TestPeer peer = TestPeer.connectTight(TestPeer.quick().build());
    private BlockingConnection connection = peer.connection();

    @AfterEach
    void close() throws Exception {
        peer.close();
    }

    /** For a peer that does not answer. */
    private void beHasty() throws Exception {
        peer.close();
        peer = TestPeer.connectTight(TestPeer.hasty().build());
        connection = peer.connection();
    }

    @Test
    void closeSendsACloseFrameWaitsForThePeersAndClosesTheSocket() throws Exception {
        Background<Void> closing = Background.run(connection::close);
        peer.expectClose(1000);
        assertFalse(closing.isDone());
        peer.send(Frames.close(1000)).expectEof().sendEof();
        closing.result();
        assertFalse(connection.isOpen());
        peer.expectNothingLent();
    }

    @Test
    void whatThePeerStillSendsIsDropped() throws Exception {
        Background<Void> closing = Background.run(() -> connection.close(4000, "enough"));
        peer.expectClose(4000, "enough");
        peer.send(
                Frames.text("late"),
                Frames.ping("late"),
                Frames.masked(TEXT, Frames.utf8("half")),
                Frames.masked(FIN | CONTINUATION, Frames.utf8("half")),
                Frames.close(4000));
        peer.expectEof().sendEof();
        closing.result();
        assertEquals(4000, connection.peerCloseStatus().orElseThrow().code());
    }

    @Test
    void closeAfterThePeersCloseOnlyEndsTheSocket() throws Exception {
        peer.send(Frames.close(1001));
        assertNull(connection.readMessage());
        peer.expectClose(1001).expectEof().sendEof();
        long begin = System.nanoTime();
        connection.close();
        connection.close(4000, "again");
        assertShorterThan(2_000, begin);
    }

    /** CVE-2024-23672, Tomcat: a connection that was closed stayed until the peer answered. */
    @Test
    void aPeerThatNeverAnswersIsWaitedForUntilTheCloseTimeout() throws Exception {
        beHasty();
        long begin = System.nanoTime();
        connection.close();
        assertTrue(System.nanoTime() - begin >= TestPeer.HASTY_CLOSE_TIMEOUT.toNanos());
        assertShorterThan(5_000, begin);
        peer.expectClose(1000).expectGone();
    }

    /** It may be that of a message long gone. */
    @Test
    void aReadDeadlineDoesNotEndTheWaitForThePeersClose() throws Exception {
        connection.setReadDeadline(Instant.now().minusSeconds(1));
        Background<Void> closing = Background.run(connection::close);
        peer.expectClose(1000);
        peer.send(Frames.close(1000)).expectEof().sendEof();
        closing.result();
        assertEquals(1000, connection.peerCloseStatus().orElseThrow().code());
    }

    @Test
    void theTimeInWhichTheApplicationLeftAFrameUnreadDoesNotEndThatWaitEither() throws Exception {
        Duration idle = Duration.ofSeconds(2);
        try (TestPeer other = TestPeer.connect(TestPeer.quick()
                .closeTimeout(Duration.ofSeconds(30))
                .idleTimeout(idle)
                .build())) {
            byte[] frame = Frames.text("slowly");
            other.send(Arrays.copyOf(frame, frame.length - 2));
            MessageReader reader = other.connection().nextReader();
            reader.readNBytes(4);
            Background<Integer> reading = Background.start(reader::read).awaitReading();
            other.send(Arrays.copyOfRange(frame, frame.length - 2, frame.length - 1));
            assertEquals('l', reading.result());
            letPass(idle.plusSeconds(1));
            Background<Void> closing = Background.run(other.connection()::close);
            other.expectClose(1000);
            letPass(Duration.ofMillis(50)); // a real peer is not as quick as this one
            other.send(new byte[] {frame[frame.length - 1]}, Frames.close(1000))
                    .expectEof()
                    .sendEof();
            closing.result();
            assertEquals(
                    1000, other.connection().peerCloseStatus().orElseThrow().code());
        }
    }

    @Test
    void aPeerThatNeverStopsSendingIsWaitedForUntilTheCloseTimeout() throws Exception {
        byte[] pong = Frames.maskedHeader(FIN | Frames.PONG, 0);
        try (TestPeer other = TestPeer.connect(TestPeer.hasty().build(), inner -> new FilterTransport(inner) {
            @Override
            public int read(ByteBuffer into) {
                into.put(pong);
                return pong.length;
            }
        })) {
            long begin = System.nanoTime();
            Background.run(other.connection()::close).result();
            assertShorterThan(5_000, begin);
        }
    }

    @Test
    void aPeerThatNeverReadsIsWaitedForUntilTheCloseTimeout() throws Exception {
        beHasty();
        Background<Void> writing = Background.run(() -> connection.writeMessage(MessageType.BINARY, new byte[MUCH]))
                .awaitStuckInWrite();
        long begin = System.nanoTime();
        connection.close();
        assertShorterThan(5_000, begin);
        writing.failure(IOException.class);
        peer.expectNothingLent();
    }

    @Test
    void closeGoesBehindTheFrameInFlight() throws Exception {
        byte[] much = Frames.pattern(MUCH);
        Background<Void> writing = Background.run(() -> connection.writeMessage(MessageType.BINARY, much))
                .awaitStuckInWrite();
        Background<Void> closing = Background.run(connection::close);
        peer.expectFrame(FIN | BINARY, much).expectClose(1000);
        writing.result();
        peer.send(Frames.close(1000)).expectEof().sendEof();
        closing.result();
    }

    @Test
    void aReaderThatWaitsSeesThePeersAnswer() throws Exception {
        Background<Message> reading = Background.start(connection::readMessage).awaitReading();
        Background<Void> closing = Background.run(connection::close);
        peer.expectClose(1000).send(Frames.text("one more"));
        assertEquals("one more", reading.result().text());
        Background<Message> last = Background.start(connection::readMessage);
        peer.send(Frames.close(1000)).expectEof().sendEof();
        assertNull(last.result());
        closing.result();
    }

    @Test
    void aReaderThatWaitsEndsWithinTheCloseTimeoutToo() throws Exception {
        beHasty();
        Background<Message> reading = Background.start(connection::readMessage).awaitReading();
        long begin = System.nanoTime();
        connection.close();
        assertShorterThan(5_000, begin);
        reading.failure(IOException.class);
        peer.expectNothingLent();
    }

    @Test
    void beginCloseReturnsAtOnceAndBoundsTheReader() throws Exception {
        beHasty();
        connection.beginClose(1001, "restart");
        long begin = System.nanoTime();
        assertThrows(SocketTimeoutException.class, connection::readMessage);
        assertShorterThan(5_000, begin);
        peer.expectClose(1001, "restart");
    }

    /** The reader is inside a read when closing begins, and does not read again afterwards. */
    @Test
    void closeReadsOnWhereTheReaderStops() throws Exception {
        WebSocketOptions patient =
                TestPeer.quick().closeTimeout(Duration.ofSeconds(30)).build();
        try (TestPeer other = TestPeer.connect(patient)) {
            CountDownLatch enough = new CountDownLatch(1);
            Background<Void> handler = Background.run(() -> {
                other.connection().readMessage();
                enough.await();
            });
            handler.awaitReading();
            Background<Void> closing = Background.run(other.connection()::close);
            other.expectClose(1000)
                    .send(Frames.text("last"), Frames.close(1000))
                    .sendEof();
            closing.result();
            enough.countDown();
            handler.result();
        }
    }

    @Test
    void closingWhileAMessageIsOpenSendsTheCloseBetweenItsFragments() throws Exception {
        MessageWriter writer = connection.nextWriter(MessageType.TEXT);
        writer.write("half");
        writer.flush();
        writer.write("never sent");
        Background<Void> closing = Background.run(connection::close);
        peer.expectFrame(TEXT, Frames.utf8("half")).expectClose(1000).send(Frames.close(1000));
        peer.expectEof().sendEof();
        closing.result();
        peer.expectNothingLent();
        assertThrows(CloseSentException.class, writer::close);
        peer.expectNothingLent();
    }

    @Test
    void aReasonIsCutAtTheEndOfACharacter() throws Exception {
        connection.beginClose(4001, "x" + "é".repeat(62));
        peer.expectClose(4001, "x" + "é".repeat(61));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 999, 1004, 1006, 1015, 1016, 2999, 5000})
    void codesThatMayNotBeSentAreRefusedAndTheConnectionStaysOpen(int code) throws Exception {
        assertThrows(IllegalArgumentException.class, () -> connection.close(code, ""));
        assertTrue(connection.isOpen());
        connection.writeMessage("open");
        peer.expectFrame(FIN | TEXT, Frames.utf8("open"));
    }

    @Test
    void abortEndsEverythingAtOnce() throws Exception {
        Background<Message> reading = Background.start(connection::readMessage).awaitReading();
        Background<Void> writing = Background.run(() -> connection.writeMessage(MessageType.BINARY, new byte[MUCH]))
                .awaitStuckInWrite();
        connection.abort();
        reading.failure(IOException.class);
        writing.failure(IOException.class);
        peer.expectGone();
        peer.expectNothingLent();
    }

    @Test
    void abortEndsACloseThatWaits() throws Exception {
        WebSocketOptions patient =
                TestPeer.quick().closeTimeout(Duration.ofSeconds(30)).build();
        try (TestPeer other = TestPeer.connect(patient)) {
            Background<Void> closing = Background.run(other.connection()::close);
            closing.awaitReading();
            other.connection().abort();
            closing.result();
        }
    }

    private static void letPass(Duration time) {
        long begin = System.nanoTime();
        Background.eventually("some time", () -> System.nanoTime() - begin > time.toNanos());
    }

    private static void assertShorterThan(int millis, long begin) {
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        assertTrue(took < millis, "took " + took + " ms");
    }

    @Test
    void aPingHandlerThatMeetsTheClosingHandshakeDoesNotTearIt() throws Exception {
        connection.setPingHandler(payload -> connection.writeControl(ControlType.PONG, payload, null));
        Background<Void> closing = Background.run(connection::close);
        peer.expectClose(1000);
        peer.send(Frames.ping("too late")).send(Frames.close(1000)).expectEof().sendEof();
        closing.result();
        assertEquals(1000, connection.peerCloseStatus().orElseThrow().code());
    }

    @Test
    void aReaderGoesOnAfterAPingHandlerHasMetTheClosingHandshake() throws Exception {
        connection.setPingHandler(payload -> connection.writeControl(ControlType.PONG, payload, null));
        connection.beginClose(1000, "");
        peer.expectClose(1000).send(Frames.ping("too late"), Frames.text("last"), Frames.close(1000));
        assertEquals("last", connection.readMessage().text());
        assertNull(connection.readMessage());
    }
}
