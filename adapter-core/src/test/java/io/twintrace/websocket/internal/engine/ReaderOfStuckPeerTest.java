package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.concat;
import static io.twintrace.websocket.fixture.Frames.ping;
import static io.twintrace.websocket.fixture.Frames.repeat;
import static io.twintrace.websocket.fixture.Frames.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.ControlType;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.StuckTransport;
import io.twintrace.websocket.fixture.TestPeer;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A peer that does not read delays only those who write to it, even if no writer is stuck yet. */
class ReaderOfStuckPeerTest {
    private static final String A = "810161";

    private StuckTransport transport;
    private final TestPeer peer = TestPeer.connect(
            TestPeer.quick().closeTimeout(Duration.ofSeconds(5)).build(),
            inner -> transport = new StuckTransport(inner));
    private final BlockingConnection connection = peer.connection();

    @AfterEach
    void close() throws Exception {
        peer.close();
    }

    /** All input that has arrived is read then. */
    private void putAnAnswerAsideAndStick() throws Exception {
        peer.send(concat(text("x"), text("y")));
        connection.readMessage();
        transport.stick();
        connection.writeMessage("a");
        connection.readMessage();
    }

    @Test
    void aDeadlineComesOnTimeWhileTheReadersOwnAnswerIsStuck() throws Exception {
        putAnAnswerAsideAndStick();
        connection.setReadDeadline(Instant.now().plusMillis(200));
        Background.start(connection::readMessage).failure(SocketTimeoutException.class);
        Background<Void> writing = Background.run(() -> connection.writeMessage("b"));
        transport.goOn();
        peer.expectHex(A + "810162");
        writing.result();
    }

    @Test
    void theReaderReadsOnAndItsNextAnswerGoesBehindTheOneThatIsStuck() throws Exception {
        putAnAnswerAsideAndStick();
        peer.send(text("z"));
        assertEquals("z", Background.start(connection::readMessage).result().text());
        Background<Void> answering = Background.run(() -> connection.writeMessage("b"));
        transport.goOn();
        answering.result();
        peer.expectHex(A + "810162");
    }

    @Test
    void pongsHoldUpNoReaderAndBeyondAKilobyteTheLatestOneWaits() throws Exception {
        transport.stick();
        String longest = "l".repeat(125);
        int kilobyte = 9; // with its header, each has 127 bytes
        peer.send(concat(ping("p"), repeat(ping(longest), kilobyte), ping("q"), ping("r"), text("z")));
        assertEquals("z", Background.start(connection::readMessage).result().text());
        transport.goOn();
        peer.expectHex("8a0170" + ("8a7d" + "6c".repeat(125)).repeat(kilobyte) + "8a0172");
    }

    /** As behind a container that needs a moment, although the peer reads. */
    @Test
    void aFewPongsAllReachAPeerThatIsSlowToTakeThem() throws Exception {
        transport.stick();
        peer.send(concat(ping("p"), ping("q"), ping("r"), text("z")));
        assertEquals("z", Background.start(connection::readMessage).result().text());
        transport.goOn();
        peer.expectHex("8a0170" + "8a0171" + "8a0172");
    }

    /** With only small messages put aside, the buffer may be full when the Ping comes. */
    @Test
    void aPongThatDoesNotFitInTheBufferHoldsUpNoReaderEither() throws Exception {
        StuckTransport[] stuck = new StuckTransport[1];
        WebSocketOptions small = TestPeer.quick()
                .writeBufferSize(256)
                .coalescingDelay(Duration.ofHours(1))
                .build();
        try (TestPeer other = TestPeer.connect(small, inner -> stuck[0] = new StuckTransport(inner))) {
            byte[] most = Frames.pattern(256 - 10);
            other.send(concat(text("x"), ping("p"), text("y"), text("z")));
            other.connection().readMessage();
            stuck[0].stick();
            other.connection().writeMessage(MessageType.BINARY, most);
            assertEquals(
                    "y",
                    Background.start(other.connection()::readMessage).result().text());
            assertEquals(
                    "z",
                    Background.start(other.connection()::readMessage).result().text());
            stuck[0].goOn();
            other.expectFrame(Frames.FIN | Frames.BINARY, most).expectHex("8a0170");
        }
    }

    @Test
    void theCloseGoesBehindWhatIsStuck() throws Exception {
        putAnAnswerAsideAndStick();
        Background<Message> reading = Background.start(connection::readMessage).awaitReading();
        Background<Void> closing = Background.run(() -> connection.beginClose(4000, ""));
        while (connection.isOpen() && !closing.isDone()) {
            Thread.onSpinWait(); // otherwise the reader may answer the peer's Close first
        }
        peer.send(Frames.close(1000));
        assertNull(reading.result());
        assertFalse(connection.isOpen());
        transport.goOn();
        peer.expectHex(A).expectClose(4000).expectEof();
        closing.result();
    }

    @Test
    void aCloseAsAControlFrameDoesToo() throws Exception {
        putAnAnswerAsideAndStick();
        Background<Message> reading = Background.start(connection::readMessage).awaitReading();
        transport.goOn();
        connection.writeControl(ControlType.CLOSE, Frames.closePayload(1001, ""), null);
        peer.expectHex(A).expectClose(1001).send(Frames.close(1000));
        assertNull(reading.result());
    }

    @Test
    void anAbortEndsTheThreadThatWaitsInThePlaceOfTheReader() throws Exception {
        putAnAnswerAsideAndStick();
        Background<Message> reading = Background.start(connection::readMessage).awaitReading();
        connection.abort();
        reading.failure(java.io.IOException.class);
        peer.expectNothingLent();
    }

    @Test
    void whatIsLateForOnePeerIsNotLateForAnother() throws Exception {
        try (TestPeer other = TestPeer.connect()) {
            peer.send(concat(text("x"), text("y")));
            connection.readMessage();
            transport.stick();
            connection.writeMessage("a");
            for (int i = 0; i < 20; i++) {
                other.send(concat(text("x"), text("y")));
                other.connection().readMessage();
                other.connection().writeMessage("a");
                other.expectHex(A);
                other.connection().readMessage();
            }
            transport.goOn();
            peer.expectHex(A);
        }
    }
}
