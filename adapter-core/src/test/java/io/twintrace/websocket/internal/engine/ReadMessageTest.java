package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.BINARY;
import static io.twintrace.websocket.fixture.Frames.CONTINUATION;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.FilterTransport;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TestPeer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadMessageTest {
    private final TestPeer peer = TestPeer.connect();
    private final BlockingConnection connection = peer.connection();

    @AfterEach
    void close() throws Exception {
        peer.close();
    }

    @Test
    void theExampleOfTheRfcIsRead() throws Exception {
        peer.sendHex("81 85 37 fa 21 3d 7f 9f 4d 51 58");
        Message message = connection.readMessage();
        assertEquals(MessageType.TEXT, message.type());
        assertEquals("Hello", message.text());
    }

    @Test
    void theFragmentedExampleOfTheRfcIsRead() throws Exception {
        peer.sendHex("01 83 00 00 00 00 48 65 6c 80 82 00 00 00 00 6c 6f");
        assertEquals("Hello", connection.readMessage().text());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 127, 16384, 16385, 65535, 65536, 1 << 20})
    void everyClassOfLengthIsRead(int length) throws Exception {
        byte[] payload = Frames.pattern(length);
        Background<TestPeer> sending = Background.start(() -> peer.send(Frames.binary(payload)));
        Message message = connection.readMessage();
        assertEquals(MessageType.BINARY, message.type());
        assertArrayEquals(payload, message.payload());
        sending.result();
    }

    @Test
    void aFrameMayArriveByteByByte() throws Exception {
        Background<Message> reading = Background.start(connection::readMessage);
        for (byte b : Frames.binary(Frames.pattern(300))) {
            peer.send(new byte[] {b});
        }
        assertArrayEquals(Frames.pattern(300), reading.result().payload());
    }

    @Test
    void messagesThatArriveTogetherAreReadOneByOne() throws Exception {
        peer.send(Frames.text("a"), Frames.text(""), Frames.binary(new byte[] {1}), Frames.text("d"));
        assertEquals("a", connection.readMessage().text());
        assertEquals("", connection.readMessage().text());
        assertEquals(MessageType.BINARY, connection.readMessage().type());
        assertEquals("d", connection.readMessage().text());
    }

    @Test
    void controlFramesMayStandBetweenFragments() throws Exception {
        peer.send(
                Frames.masked(TEXT, Frames.utf8("one ")),
                Frames.ping("now"),
                Frames.masked(CONTINUATION, Frames.utf8("two ")),
                Frames.masked(CONTINUATION, new byte[0]),
                Frames.masked(FIN | Frames.PONG, new byte[0]),
                Frames.masked(FIN | CONTINUATION, Frames.utf8("three")));
        assertEquals("one two three", connection.readMessage().text());
        peer.expectFrame(FIN | Frames.PONG, Frames.utf8("now"));
    }

    @Test
    void aMessageOfEmptyFragmentsIsEmpty() throws Exception {
        peer.send(
                Frames.masked(BINARY, new byte[0]),
                Frames.masked(CONTINUATION, new byte[0]),
                Frames.masked(FIN | CONTINUATION, new byte[0]));
        assertEquals(0, connection.readMessage().payload().length);
    }

    @Test
    void whatAMessageSaysOfItselfHoldsNoPayload() throws Exception {
        peer.send(Frames.text("secret"));
        assertEquals("TEXT message of 6 bytes", connection.readMessage().toString());
    }

    @Test
    void aSecondReadingThreadIsTurnedAwayAndTheFirstGoesOn() throws Exception {
        Background<Message> reading = Background.start(connection::readMessage).awaitReading();
        IllegalStateException e = assertThrows(IllegalStateException.class, connection::readMessage);
        assertTrue(e.getMessage().contains("only one at a time may read"), e.getMessage());
        assertThrows(IllegalStateException.class, connection::nextReader);
        assertFalse(reading.isDone());
        peer.send(Frames.text("still here"));
        assertEquals("still here", reading.result().text());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 20_000})
    void whoeverWorksOnAMessageHoldsNoBuffer(int length) throws Exception {
        Background<TestPeer> sending = Background.start(() -> peer.send(Frames.binary(Frames.pattern(length))));
        assertEquals(length, connection.readMessage().payload().length);
        assertEquals(0, Shared.of(peer.options()).pools().input().lent());
        sending.result();
    }

    @Test
    void aMessageThatComesInPiecesIsAssembledInAPooledBuffer() throws Exception {
        byte[] frame = Frames.binary(Frames.pattern(70_000));
        peer.send(Arrays.copyOf(frame, 60_000));
        Background<Message> reading = Background.start(connection::readMessage).awaitReading();
        assertEquals(1, Shared.of(peer.options()).pools().message().lent());
        peer.send(Arrays.copyOfRange(frame, 60_000, frame.length));
        assertArrayEquals(Frames.pattern(70_000), reading.result().payload());
        assertEquals(0, Shared.of(peer.options()).pools().message().lent());
    }

    @Test
    void aWaitingReaderHoldsNoBuffer() throws Exception {
        peer.send(Frames.text("first"));
        assertEquals("first", connection.readMessage().text());
        Background<Message> reading = Background.start(connection::readMessage).awaitReading();
        assertEquals(0, Shared.of(peer.options()).pools().input().lent());
        peer.send(Frames.text("second"));
        assertEquals("second", reading.result().text());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 13})
    void aReaderThatWaitsForTheRestOfAHeaderHoldsNoBuffer(int cut) throws Exception {
        byte[] frame = Frames.binary(Frames.pattern(70_000));
        peer.send(Frames.text("first"), Arrays.copyOf(frame, cut));
        assertEquals("first", connection.readMessage().text());
        Background<Message> reading = Background.start(connection::readMessage).awaitReading();
        assertEquals(0, Shared.of(peer.options()).pools().input().lent());
        peer.send(Arrays.copyOfRange(frame, cut, frame.length));
        assertArrayEquals(Frames.pattern(70_000), reading.result().payload());
    }

    /** For example an error in the container, which the application may have caught. */
    @Test
    void afterAReadThatHasThrownTheNextOneReadsOn() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        try (TestPeer other = TestPeer.connect(TestPeer.quick().build(), inner -> new FilterTransport(inner) {
            @Override
            public int read(ByteBuffer into) throws IOException {
                if (reads.incrementAndGet() == 2) {
                    throw new IllegalStateException("for once");
                }
                return super.read(into);
            }
        })) {
            byte[] message = Frames.binary(Frames.pattern(300));
            other.send(Arrays.copyOf(message, 20));
            assertThrows(IllegalStateException.class, other.connection()::readMessage);
            other.send(Arrays.copyOfRange(message, 20, message.length), Frames.text("next"));
            assertEquals("next", other.connection().readMessage().text());
        }
    }
}
