package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.BINARY;
import static io.twintrace.websocket.fixture.Frames.CONTINUATION;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.PING;
import static io.twintrace.websocket.fixture.Frames.PONG;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.CloseSentException;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.ControlType;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.FilterTransport;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TestPeer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WriteControlTest {
    /** More than a tight connection can buffer. */
    private static final int MUCH = 4 << 20;

    private final TestPeer peer = TestPeer.connectTight(TestPeer.quick().build());
    private final BlockingConnection connection = peer.connection();

    @AfterEach
    void close() throws Exception {
        peer.close();
    }

    @Test
    void pingsAndPongsAreSent() throws Exception {
        connection.writeControl(ControlType.PING, new byte[0], null);
        connection.writeControl(
                ControlType.PONG, Frames.pattern(125), Instant.now().plusSeconds(5));
        peer.expectHex("89 00").expectFrame(FIN | PONG, Frames.pattern(125));
    }

    @Test
    void moreThan125BytesAreRefused() throws Exception {
        for (ControlType type : ControlType.values()) {
            assertThrows(IllegalArgumentException.class, () -> connection.writeControl(type, new byte[126], null));
        }
        connection.writeMessage("ok");
        peer.expectFrame(FIN | TEXT, Frames.utf8("ok"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"03", "03 ed", "03 ee", "03 f7", "00 00", "07 cf", "13 88", "03 e8 c3"})
    void aPayloadThatIsNotThatOfACloseFrameIsRefused(String payload) throws Exception {
        assertThrows(
                IllegalArgumentException.class,
                () -> connection.writeControl(ControlType.CLOSE, Frames.hex(payload), null));
        connection.writeMessage("ok");
        peer.expectFrame(FIN | TEXT, Frames.utf8("ok"));
    }

    @Test
    void anotherThreadMayWriteThemWhileAMessageIsOpen() throws Exception {
        MessageWriter writer = connection.nextWriter(MessageType.TEXT);
        writer.write("a");
        writer.flush();
        Background.run(() -> connection.writeControl(ControlType.PING, Frames.utf8("p"), null))
                .result();
        writer.write("b");
        writer.close();
        peer.expectHex("01 01 61").expectFrame(FIN | PING, Frames.utf8("p")).expectHex("80 01 62");
    }

    @Test
    void oneThatMeetsAFrameInFlightGoesBehindIt() throws Exception {
        byte[] much = Frames.pattern(MUCH);
        Background<Void> writing = Background.run(() -> connection.writeMessage(MessageType.BINARY, much))
                .awaitStuckInWrite();
        Background<Void> pinging = Background.run(
                        () -> connection.writeControl(ControlType.PING, Frames.utf8("p"), null))
                .awaitWaitingIn("ControlFrameWriter.awaitTurn");
        peer.expectFrame(FIN | BINARY, much).expectFrame(FIN | PING, Frames.utf8("p"));
        writing.result();
        pinging.result();
    }

    @Test
    void aDeadlineThatPassesBeforeItsTurnIsHarmless() throws Exception {
        byte[] much = Frames.pattern(MUCH);
        Background<Void> writing = Background.run(() -> connection.writeMessage(MessageType.BINARY, much))
                .awaitStuckInWrite();
        assertThrows(
                SocketTimeoutException.class,
                () -> connection.writeControl(
                        ControlType.PING, new byte[0], Instant.now().plusMillis(50)));
        peer.expectFrame(FIN | BINARY, much);
        writing.result();
        connection.writeMessage("ok");
        peer.expectFrame(FIN | TEXT, Frames.utf8("ok"));
    }

    /** A thread that copies a large message to the operating system has the frame lock for that long. */
    @Test
    void aDeadlineThatPassesInsideAnotherThreadsWriteIsHarmless() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch late = new CountDownLatch(1);
        try (TestPeer other = TestPeer.connect(TestPeer.quick().build(), inner -> new FilterTransport(inner) {
            @Override
            public boolean tryWrite(ByteBuffer[] buffers) throws IOException {
                begun.countDown();
                try {
                    late.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return super.tryWrite(buffers);
            }
        })) {
            Background<Void> writing = Background.run(() -> other.connection().writeMessage("one"));
            begun.await();
            Instant deadline = Instant.now().plusMillis(50);
            Background<Void> pinging =
                    Background.run(() -> other.connection().writeControl(ControlType.PING, new byte[0], deadline));
            Background.eventually("the deadline", () -> Instant.now().isAfter(deadline));
            late.countDown();
            pinging.failure(SocketTimeoutException.class);
            writing.result();
            other.connection().writeMessage("ok");
            other.expectFrame(FIN | TEXT, Frames.utf8("one")).expectFrame(FIN | TEXT, Frames.utf8("ok"));
        }
    }

    /** The window is narrow, so this tries it often. */
    @Test
    void aDeadlineThatPassesAsItsTurnComesIsHarmless() throws Exception {
        try (TestPeer other = TestPeer.connect()) {
            Background<Long> draining =
                    Background.start(() -> other.socket().getInputStream().transferTo(OutputStream.nullOutputStream()));
            for (int i = 0; i < 20_000; i++) {
                try {
                    Instant deadline = Instant.now().plusNanos(i % 20_000);
                    other.connection().writeControl(ControlType.PONG, new byte[0], deadline);
                } catch (SocketTimeoutException e) {
                    assertTrue(e.getMessage().contains("unharmed"), e::getMessage);
                }
            }
            other.connection().writeMessage("ok");
            assertFalse(draining.isDone());
        }
    }

    @Test
    void aDeadlineInThePastIsHarmless() throws Exception {
        assertThrows(
                SocketTimeoutException.class,
                () -> connection.writeControl(
                        ControlType.PING, new byte[0], Instant.now().minusSeconds(1)));
        connection.writeMessage("ok");
        peer.expectFrame(FIN | TEXT, Frames.utf8("ok"));
    }

    @Test
    void onlyTheLatestPongWaitsWhileAWriterIsStuck() throws Exception {
        byte[] much = Frames.pattern(MUCH);
        Background<Void> writing = Background.run(() -> connection.writeMessage(MessageType.BINARY, much))
                .awaitStuckInWrite();
        peer.send(Frames.ping("1"), Frames.ping("2"), Frames.ping("3"), Frames.text("x"));
        assertEquals("x", connection.readMessage().text());
        assertFalse(writing.isDone());
        peer.expectFrame(FIN | BINARY, much).expectFrame(FIN | PONG, Frames.utf8("3"));
        writing.result();
        connection.writeMessage("next");
        peer.expectFrame(FIN | TEXT, Frames.utf8("next"));
    }

    @Test
    void aWaitingPongGoesBetweenTheFragmentsOfAMessage() throws Exception {
        byte[] much = Frames.pattern(MUCH);
        MessageWriter writer = connection.nextWriter(MessageType.BINARY);
        Background<Void> writing = Background.run(() -> writer.write(much)).awaitStuckInWrite();
        peer.send(Frames.ping("p"), Frames.text("x"));
        connection.readMessage();
        peer.expectFrame(BINARY, much).expectFrame(FIN | PONG, Frames.utf8("p"));
        writing.result();
        writer.close();
        peer.expectFrame(FIN | CONTINUATION, new byte[0]);
    }

    @Test
    void nothingIsWrittenAfterACloseFrame() throws Exception {
        MessageWriter open = connection.nextWriter(MessageType.TEXT);
        open.write("never sent");
        connection.writeControl(ControlType.CLOSE, new CloseStatus(1001, "bye").payload(), null);
        assertThrows(CloseSentException.class, open::flush);
        assertThrows(CloseSentException.class, open::close);
        assertThrows(CloseSentException.class, () -> connection.writeMessage("x"));
        assertThrows(CloseSentException.class, () -> connection.writeMessage(MessageType.BINARY, new byte[1]));
        assertThrows(CloseSentException.class, () -> connection.writeJson(1));
        assertThrows(CloseSentException.class, () -> connection.writePrepared(PreparedMessage.text("x")));
        assertThrows(CloseSentException.class, () -> connection.nextWriter(MessageType.TEXT));
        for (ControlType type : ControlType.values()) {
            assertThrows(CloseSentException.class, () -> connection.writeControl(type, new byte[0], null));
        }
        peer.expectClose(1001, "bye").send(Frames.ping("p"), Frames.close(1001));
        assertNull(connection.readMessage());
        peer.expectEof();
    }

    @Test
    void aCloseFrameWrittenThisWayIsAnsweredWithinTheCloseTimeoutToo() throws Exception {
        try (TestPeer silent = TestPeer.connect(TestPeer.hasty().build())) {
            Background<Message> reading =
                    Background.start(silent.connection()::readMessage).awaitReading();
            silent.connection().writeControl(ControlType.CLOSE, new byte[0], null);
            SocketTimeoutException e = reading.failure(SocketTimeoutException.class);
            assertEquals("peer did not close the WebSocket within the close timeout", e.getMessage());
            silent.expectHex("88 00");
        }
    }

    @Test
    void afterACloseFrameNobodyWaitsToLearnThatItIsTooLate() throws Exception {
        byte[] much = Frames.pattern(MUCH);
        Background<Void> writing = Background.run(() -> connection.writeMessage(MessageType.BINARY, much))
                .awaitStuckInWrite();
        connection.beginClose(1000, "");
        assertThrows(CloseSentException.class, () -> connection.writeControl(ControlType.PONG, new byte[0], null));
        assertFalse(writing.isDone());
        peer.expectFrame(FIN | BINARY, much).expectClose(1000);
        writing.result();
    }
}
