package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.BINARY;
import static io.twintrace.websocket.fixture.Frames.CONTINUATION;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.twintrace.websocket.CloseException;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.FilterTransport;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.StuckTransport;
import io.twintrace.websocket.fixture.TestPeer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer whose connection fails learns why: the Close frame arrives, whatever else happens. */
class CloseDeliveryTest {
    private static final WebSocketOptions PATIENT =
            TestPeer.quick().closeTimeout(Duration.ofSeconds(5)).build();

    @ParameterizedTest
    @CsvSource({"83 80, 1002", "81 05, 1002", "c1 85, 1002", "91 85, 1002", "80 80, 1002", "82 fe 00 7d, 1002"})
    void aMistakeInTheMiddleOfAFloodIsAnsweredBeforeTheEnd(String mistake, int code) throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            byte[] flood = Frames.repeat(Frames.binary(new byte[1000]), 2000);
            Background<Message> reading = Background.start(peer.connection()::readMessage);
            Background<TestPeer> sending = Background.start(() -> peer.send(Frames.hex(mistake), flood));
            peer.expectClose(code).expectEof();
            sending.result();
            peer.sendEof();
            assertEquals(code, reading.failure(ProtocolException.class).closeCode());
        }
    }

    @Test
    void aMistakeIsAnsweredBehindTheWholeFrameThatIsInFlight() throws Exception {
        try (TestPeer peer = TestPeer.connectTight(PATIENT)) {
            byte[] much = Frames.pattern(4 << 20);
            Background<Void> writing = Background.run(() -> peer.connection().writeMessage(MessageType.BINARY, much))
                    .awaitStuckInWrite();
            Background<Message> reading = Background.start(peer.connection()::readMessage);
            peer.sendHex("83 80 00 00 00 00");
            reading.awaitWaitingIn("HandlerReadingEnd.failed");
            peer.expectFrame(FIN | BINARY, much).expectClose(1002).expectEof().sendEof();
            writing.result();
            reading.failure(ProtocolException.class);
        }
    }

    @Test
    void theEchoGoesBehindTheWholeFrameThatIsInFlight() throws Exception {
        try (TestPeer peer = TestPeer.connectTight(PATIENT)) {
            byte[] much = Frames.pattern(4 << 20);
            Background<Void> writing = Background.run(() -> peer.connection().writeMessage(MessageType.BINARY, much))
                    .awaitStuckInWrite();
            peer.send(Frames.close(1000));
            assertNull(peer.connection().readMessage());
            peer.expectFrame(FIN | BINARY, much).expectClose(1000).expectEof().sendEof();
            writing.result();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1008, 4000})
    void nobodyWaitsForAPeerWhoseCloseFrameWasItsLastWord(int code) throws Exception {
        AtomicInteger waits = new AtomicInteger();
        try (TestPeer peer = TestPeer.connect(PATIENT, inner -> new FilterTransport(inner) {
            @Override
            public void awaitReadable() throws IOException {
                waits.incrementAndGet();
                super.awaitReadable();
            }
        })) {
            peer.send(Frames.close(code));
            if (code == 1000) {
                assertNull(peer.connection().readMessage());
            } else {
                assertThrows(CloseException.class, peer.connection()::readMessage);
            }
            waits.set(0);
            peer.connection().close();
            assertEquals(0, waits.get());
            peer.expectClose(code, "").expectEof();
        }
    }

    /** Closing with unread input would reset the connection, and the reset might overtake the Close frame. */
    @Test
    void aPeerThatGoesOnBehindItsCloseFrameGetsAMomentToReadTheAnswer() throws Exception {
        try (TestPeer peer = TestPeer.connect(PATIENT)) {
            peer.send(Frames.concat(Frames.close(1000), Frames.text("more")));
            assertNull(peer.connection().readMessage());
            Background<Void> closing = Background.run(peer.connection()::close);
            closing.awaitWaitingIn("TransportCloser.lingerAndClose");
            peer.expectClose(1000).expectEof().sendEof();
            closing.result();
        }
    }

    /** Both sides close at once: the peer's Close is read while this side's is between "begun" and "out". */
    @Test
    void closeFramesThatCrossDoNotCutEachOtherOff() throws Exception {
        StuckTransport[] transport = new StuckTransport[1];
        try (TestPeer peer = TestPeer.connect(PATIENT, inner -> transport[0] = new StuckTransport(inner))) {
            transport[0].stick();
            Background<Void> closing = Background.run(() -> peer.connection().beginClose(1000, "mine"));
            transport[0].awaitWriter();
            peer.send(Frames.close(1001));
            assertNull(peer.connection().readMessage());
            transport[0].goOn();
            peer.expectClose(1000, "mine").expectEof().sendEof();
            closing.result();
        }
    }

    @Test
    void manyPongsLeaveThePoolsBalanced() throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            byte[] pongs = Frames.repeat(Frames.masked(FIN | Frames.PONG, Frames.pattern(7)), 1000);
            Background<Message> reading = Background.start(peer.connection()::readMessage);
            for (int i = 0; i < 100; i++) {
                peer.send(pongs);
            }
            peer.send(Frames.text("end"));
            assertEquals("end", reading.result().text());
            Background<Message> waiting =
                    Background.start(peer.connection()::readMessage).awaitReading();
            peer.expectNothingLent();
            peer.send(Frames.close(1000));
            assertNull(waiting.result());
            peer.expectNothingLent();
        }
    }

    @Test
    void aFragmentedMessageThatIsCutOffLeavesThePoolsBalanced() throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            peer.send(Frames.masked(BINARY, new byte[10]), Frames.maskedHeader(CONTINUATION, 1000), new byte[10]);
            peer.sendEof();
            Background.start(peer.connection()::readMessage).failure(CloseException.class);
            peer.expectNothingLent();
        }
    }
}
