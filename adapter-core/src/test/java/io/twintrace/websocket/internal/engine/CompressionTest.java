package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.CONTINUATION;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.RSV1;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.ByteCounts;
import io.twintrace.websocket.CloseException;
import io.twintrace.websocket.CloseSentException;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageReader;
import io.twintrace.websocket.MessageTooBigException;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.Inflated;
import io.twintrace.websocket.fixture.TestPeer;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.internal.write.EncodedMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** permessage-deflate as a connection does it: hex frames in, exact frames out. */
class CompressionTest {
    /** "Hello", compressed by itself. */
    private static final String HELLO = "f2 48 cd c9 c9 07 00";

    /** The same again, referring to the message before. */
    private static final String HELLO_AGAIN = "f2 00 11 00 00";

    private static WebSocketOptions.Builder compressing() {
        return TestPeer.quick().deflate(DeflateOptions.on().withThreshold(0).withLevel(6));
    }

    private static TestPeer connect() {
        return TestPeer.connectDeflating(compressing().build(), "");
    }

    private static byte[] deflated(int first, String hex) {
        return Frames.masked(first, Frames.hex(hex));
    }

    // ---- Reading --------------------------------------------------------------------------------------------------

    @Test
    void messagesAreInflatedAndMayReferToEarlierOnes() throws IOException {
        try (TestPeer peer = connect()) {
            peer.send(deflated(FIN | RSV1 | TEXT, HELLO), deflated(FIN | RSV1 | TEXT, HELLO_AGAIN));
            assertEquals("Hello", peer.connection().readMessage().text());
            assertEquals("Hello", peer.connection().readMessage().text());
        }
    }

    @Test
    void aCompressedMessageMayBeFragmentedAnywhereWithPingsBetween() throws IOException {
        try (TestPeer peer = connect()) {
            peer.send(
                    deflated(RSV1 | TEXT, ""),
                    deflated(CONTINUATION, "f2 48"),
                    Frames.ping("p"),
                    deflated(CONTINUATION, ""),
                    deflated(CONTINUATION, "cd c9 c9 07"),
                    deflated(FIN | CONTINUATION, "00"));
            assertEquals("Hello", peer.connection().readMessage().text());
            peer.expectHex("8a 01 70");
        }
    }

    @Test
    void compressedAndPlainMessagesMayBeMixed() throws IOException {
        try (TestPeer peer = connect()) {
            peer.send(
                    deflated(FIN | RSV1 | TEXT, HELLO),
                    Frames.text("plain"),
                    deflated(FIN | RSV1 | TEXT, ""),
                    deflated(FIN | RSV1 | TEXT, HELLO_AGAIN));
            for (String text : new String[] {"Hello", "plain", "", "Hello"}) {
                assertEquals(text, peer.connection().readMessage().text());
            }
        }
    }

    @Test
    void aMessageThatIsSkippedIsStillReferredTo() throws IOException {
        try (TestPeer peer = connect()) {
            peer.send(deflated(FIN | RSV1 | TEXT, HELLO), deflated(FIN | RSV1 | TEXT, HELLO_AGAIN));
            assertEquals('H', peer.connection().nextReader().read());
            assertEquals("Hello", peer.connection().readMessage().text());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {FIN | CONTINUATION, FIN | Frames.PING, FIN | Frames.PONG, FIN | Frames.CLOSE})
    void rsv1BelongsOnTheFirstFrameOfADataMessageOnly(int first) throws IOException {
        try (TestPeer peer = connect()) {
            peer.send(deflated(RSV1 | TEXT, HELLO), deflated(RSV1 | first, ""));
            peer.expectFailedRead(ProtocolException.class, 1002);
        }
    }

    @Test
    void withoutCompressionRsv1Is1002() throws IOException {
        try (TestPeer peer = TestPeer.connect()) {
            peer.send(deflated(FIN | RSV1 | TEXT, HELLO));
            peer.expectFailedRead(ProtocolException.class, 1002);
        }
    }

    @Test
    void whatIsNotDeflateDataIs1007() throws IOException {
        try (TestPeer peer = connect()) {
            peer.send(deflated(FIN | RSV1 | TEXT, "ff ff ff"));
            peer.expectFailedRead(ProtocolException.class, 1007);
        }
    }

    @Test
    void aWrongByteOfTextInsideAFragmentIs1007BeforeTheRestHasCome() throws IOException {
        try (TestPeer peer = connect()) {
            // A stored block that announces 16 bytes, of which only "ok", C0 and "more" are sent.
            peer.send(Frames.maskedHeader(RSV1 | TEXT, 100), Frames.hex("00 10 00 ef ff 6f 6b c0 6d 6f 72 65"));
            peer.expectFailedRead(ProtocolException.class, 1007);
        }
    }

    @Test
    void textThatEndsInsideACharacterIs1007() throws IOException {
        try (TestPeer peer = connect()) {
            peer.send(deflated(FIN | RSV1 | TEXT, "00 02 00 fd ff 6f c3 00"));
            peer.expectFailedRead(ProtocolException.class, 1007);
        }
    }

    @Test
    void theReadLimitCountsWhatWasInflated() throws IOException {
        try (TestPeer peer =
                TestPeer.connectDeflating(compressing().readLimit(5).build(), "")) {
            peer.send(deflated(FIN | RSV1 | TEXT, HELLO));
            assertEquals("Hello", peer.connection().readMessage().text());
            peer.connection().setReadLimit(4);
            peer.send(deflated(FIN | RSV1 | TEXT, HELLO_AGAIN));
            peer.expectFailedRead(MessageTooBigException.class, 1009);
        }
    }

    @Test
    void aCompressedMessageCutByAbortDoesNotLookComplete() throws IOException {
        try (TestPeer peer = connect()) {
            peer.send(deflated(RSV1 | TEXT, "f2 48 cd"));
            MessageReader reader = peer.connection().nextReader();
            assertEquals('H', reader.read());
            peer.connection().abort();
            assertThrows(IOException.class, reader::readAllBytes);
            assertEquals(0, Shared.of(peer.options()).pools().deflate().lent());
        }
    }

    @Test
    void aCloseHandlerMayCloseTheConnectionInsideACompressedMessage() throws Exception {
        try (TestPeer peer = connect()) {
            peer.connection().setCloseHandler(status -> peer.connection().close());
            peer.send(deflated(RSV1 | TEXT, HELLO), Frames.close(1001));
            Background<Message> reading = Background.start(peer.connection()::readMessage);
            peer.expectClose(1000).expectEof().sendEof();
            reading.failure(CloseException.class);
        }
    }

    @Test
    void closeDropsWhateverComesBehindACompressedMessage() throws IOException {
        try (TestPeer peer = connect()) {
            peer.send(deflated(FIN | RSV1 | TEXT, HELLO));
            assertEquals("Hello", peer.connection().readMessage().text());
            peer.send(
                    Frames.text("plain"),
                    deflated(RSV1 | Frames.BINARY, HELLO_AGAIN),
                    deflated(FIN | CONTINUATION, "ff"),
                    Frames.binary(new byte[] {(byte) 0xFF}),
                    Frames.close(1000));
            peer.connection().close();
            assertEquals(1000, peer.connection().peerCloseStatus().orElseThrow().code());
            peer.expectClose(1000).expectEof();
        }
    }

    // ---- Writing --------------------------------------------------------------------------------------------------

    @Test
    void messagesAreDeflatedAndReferToEarlierOnes() throws IOException {
        try (TestPeer peer = connect()) {
            peer.connection().writeMessage("Hello");
            peer.connection().writeMessage("Hello");
            peer.expectHex("c1 07 " + HELLO).expectHex("c1 05 " + HELLO_AGAIN);
        }
    }

    @Test
    void withoutContextTakeoverEachStandsForItself() throws IOException {
        try (TestPeer peer = TestPeer.connectDeflating(compressing().build(), "server_no_context_takeover")) {
            peer.connection().writeMessage("Hello");
            peer.connection().writeMessage("Hello");
            peer.expectHex("c1 07 " + HELLO).expectHex("c1 07 " + HELLO);
            assertEquals(0, Shared.of(peer.options()).pools().deflate().lent());
        }
    }

    @Test
    void messagesBelowTheThresholdAndEmptyOnesStayAsTheyAre() throws IOException {
        DeflateOptions options = DeflateOptions.on().withLevel(6).withThreshold(5);
        try (TestPeer peer =
                TestPeer.connectDeflating(compressing().deflate(options).build(), "")) {
            peer.connection().writeMessage("Hell");
            peer.connection().writeMessage("");
            peer.connection().writeMessage("Hello");
            peer.connection().writePrepared(PreparedMessage.text("Hell"));
            try (MessageWriter writer = peer.connection().nextWriter(MessageType.TEXT)) {
                writer.write("Hell");
            }
            peer.expectHex("81 04 48 65 6c 6c").expectHex("81 00").expectHex("c1 07 " + HELLO);
            peer.expectHex("81 04 48 65 6c 6c").expectHex("81 04 48 65 6c 6c");
        }
    }

    @Test
    void compressionIsTurnedOffAndOnFromTheNextMessageOn() throws IOException {
        try (TestPeer peer = connect()) {
            MessageWriter writer = peer.connection().nextWriter(MessageType.TEXT);
            peer.connection().enableWriteCompression(false);
            writer.write("Hello");
            writer.close();
            peer.connection().writeMessage("Hello");
            peer.connection().enableWriteCompression(true);
            peer.connection().writeMessage("Hello");
            peer.expectHex("c1 07 " + HELLO).expectHex("81 05 48 65 6c 6c 6f").expectHex("c1 05 " + HELLO_AGAIN);
        }
    }

    @Test
    void levelZeroSendsMessagesAsTheyAre() throws IOException {
        try (TestPeer peer = connect()) {
            peer.connection().setCompressionLevel(0);
            peer.connection().writeMessage("Hello");
            peer.connection().setCompressionLevel(9);
            peer.connection().writeMessage("Hello");
            peer.expectHex("81 05 48 65 6c 6c 6f").expectHex("c1 07 " + HELLO);
        }
    }

    /** The level is set before the open message has reached the deflater, and after a part of it has. */
    @ParameterizedTest
    @ValueSource(ints = {0, 40_000})
    void aLevelSetWhileAMessageIsOpenActsFromTheNextMessageOn(int writtenBefore) throws Exception {
        byte[] message = new byte[50_000]; // a few dozen bytes at level 6, an eighth with only Huffman coding
        try (TestPeer peer = connect()) {
            MessageWriter writer = peer.connection().nextWriter(MessageType.BINARY);
            writer.write(message, 0, writtenBefore);
            peer.connection().setCompressionLevel(DeflateOptions.HUFFMAN_ONLY);
            writer.write(message, writtenBefore, message.length - writtenBefore);
            writer.close();
            writer = peer.connection().nextWriter(MessageType.BINARY);
            writer.write(message, 0, writtenBefore);
            peer.connection().setCompressionLevel(0);
            writer.write(message, writtenBefore, message.length - writtenBefore);
            writer.close();
            peer.connection().writeMessage(MessageType.BINARY, message);

            Inflated inflated = new Inflated(peer);
            assertArrayEquals(message, inflated.next());
            long first = inflated.bytes();
            assertTrue(first < 500, first + " bytes, at level 6");
            assertArrayEquals(message, inflated.next());
            long second = inflated.bytes() - first;
            assertTrue(second > 5_000 && second < 10_000, second + " bytes, by Huffman coding");
            assertArrayEquals(message, inflated.next());
            assertEquals(message.length, inflated.bytes() - first - second, "as it is");
        }
    }

    @Test
    void aWrongLevelIsLookedAtInsideTheGuard() throws IOException {
        try (TestPeer peer = connect();
                MessageWriter writer = peer.connection().nextWriter(MessageType.BINARY)) {
            InputStream source = new InputStream() {
                @Override
                public int read() {
                    peer.connection().setCompressionLevel(10);
                    return -1;
                }

                @Override
                public int read(byte[] into, int offset, int length) {
                    return read();
                }
            };
            assertThrows(IllegalStateException.class, () -> writer.transferFrom(source), "a write inside a write");
        }
    }

    @Test
    void aFlushedPartCanBeInflatedAtOnce() throws IOException {
        try (TestPeer peer = connect()) {
            MessageWriter writer = peer.connection().nextWriter(MessageType.TEXT);
            writer.write("Hello");
            writer.flush();
            peer.expectHex("41 0b " + HELLO + " 00 00 ff ff");
            writer.flush();
            writer.close();
            peer.expectHex("80 01 00");
            peer.connection().writeMessage("Hello");
            peer.expectHex("c1 05 " + HELLO_AGAIN);
        }
    }

    @Test
    void largeMessagesLeaveInFragmentsOfTheWriteBuffersSize() throws Exception {
        byte[] message = Frames.pattern(1 << 20);
        new Random(1).nextBytes(message);
        try (TestPeer peer = connect()) {
            Background<Void> writing = Background.run(() -> {
                peer.connection().writeMessage(MessageType.BINARY, message);
                peer.connection().writeMessage("end");
            });
            Inflated inflated = new Inflated(peer);
            assertArrayEquals(message, inflated.next());
            assertTrue(inflated.frames() > 60, inflated.frames() + " frames");
            assertTrue(inflated.largestFrame() <= 16 * 1024, inflated.largestFrame() + " bytes");
            assertArrayEquals(Frames.utf8("end"), inflated.next());
            writing.result();
        }
    }

    @Test
    void aWriterOfMuchTextCompressesAllOfIt() throws Exception {
        String text = "all work and no play makes Jack a dull boy. ".repeat(5_000);
        try (TestPeer peer = connect()) {
            Background<Void> writing = Background.run(() -> {
                for (int piece : new int[] {7, 1000, text.length()}) {
                    try (MessageWriter writer = peer.connection().nextWriter(MessageType.TEXT)) {
                        for (int at = 0; at < text.length(); at += piece) {
                            writer.write(text.substring(at, Math.min(text.length(), at + piece)));
                        }
                    }
                }
            });
            Inflated inflated = new Inflated(peer);
            for (int i = 0; i < 3; i++) {
                assertArrayEquals(Frames.utf8(text), inflated.next());
            }
            writing.result();
            ByteCounts traffic = peer.connection().byteCounts();
            assertEquals(3L * text.length(), traffic.sent());
            assertEquals(inflated.bytes(), traffic.sentOnWire());
        }
    }

    @Test
    void textRefusedAtItsEndLeavesTheNextMessageWhole() throws IOException {
        try (TestPeer peer = connect()) {
            peer.connection().writeMessage("Hello");
            MessageWriter writer = peer.connection().nextWriter(MessageType.TEXT);
            writer.write(Arrays.copyOf(Frames.utf8("x".repeat(20_000)), 20_001 - 1));
            writer.write(0xC3);
            assertThrows(IllegalArgumentException.class, writer::close);
            peer.connection().writeMessage("Hello");
            peer.expectHex("c1 07 " + HELLO);
            peer.expectHex("c1 07 " + HELLO); // nothing of the refused message, and no reference back
        }
    }

    @Test
    void afterTheEndAWriteSaysHowItEndedAsWithoutCompression() throws IOException {
        try (TestPeer peer = connect()) {
            peer.send(Frames.close(1000));
            peer.connection().close();
            assertThrows(CloseSentException.class, () -> peer.connection().writeMessage("Hello"));
        }
        try (TestPeer peer = connect()) {
            peer.connection().abort();
            IOException e =
                    assertThrows(IOException.class, () -> peer.connection().writeMessage("Hello"));
            assertEquals("the connection was cut off by this side", e.getCause().getMessage());
        }
    }

    // ---- Prepared messages ----------------------------------------------------------------------------------------

    @Test
    void aPreparedMessageIsCompressedAloneAndResetsTheHistory() throws IOException {
        PreparedMessage prepared = PreparedMessage.text("Hello");
        try (TestPeer peer = connect()) {
            peer.connection().writeMessage("Hello");
            peer.connection().writePrepared(prepared);
            peer.connection().writeMessage("Hello");
            peer.expectHex("c1 07 " + HELLO).expectHex("c1 07 " + HELLO).expectHex("c1 07 " + HELLO);
        }
    }

    @Test
    void aPreparedMessageIsCompressedOnceForEachLevelAndWindow() {
        PreparedMessage prepared = PreparedMessage.of(MessageType.BINARY, Frames.pattern(10_000));
        WebSocketOptions options = compressing().build();
        EncodedMessage.Frame six = EncodedMessage.of(prepared)
                .compressed(Shared.of(options).pools().deflate(), 6, 1 << 15);
        assertTrue(six
                == EncodedMessage.of(prepared)
                        .compressed(Shared.of(options).pools().deflate(), 6, 1 << 15));
        assertTrue(six
                != EncodedMessage.of(prepared)
                        .compressed(Shared.of(options).pools().deflate(), 9, 1 << 15));
        assertTrue(six
                != EncodedMessage.of(prepared)
                        .compressed(Shared.of(options).pools().deflate(), 6, 1 << 9));
        assertEquals(0, Shared.of(options).pools().deflate().lent());
    }

    @Test
    void aPreparedMessageKeepsTheWindowOfEachConnection() throws Exception {
        byte[] message = Frames.pattern(10_000);
        PreparedMessage prepared = PreparedMessage.of(MessageType.BINARY, message);
        for (String parameters : new String[] {"", "server_max_window_bits=8", "server_max_window_bits=9"}) {
            try (TestPeer peer = TestPeer.connectDeflating(compressing().build(), parameters)) {
                peer.connection().writePrepared(prepared);
                assertArrayEquals(message, new Inflated(peer).next());
            }
        }
    }

    // ---- Information for the application --------------------------------------------------------------------------

    @Test
    void aConnectionTellsWhatWasAgreedOnAndWhatItBought() throws IOException {
        try (TestPeer peer = TestPeer.connectDeflating(compressing().build(), "client_max_window_bits=10")) {
            assertEquals(
                    "permessage-deflate; client_max_window_bits=10",
                    peer.connection().deflate().orElseThrow().toString());
            peer.send(deflated(FIN | RSV1 | TEXT, HELLO), Frames.text("plain"));
            peer.connection().readMessage();
            peer.connection().readMessage();
            peer.connection().writeMessage("Hello");
            peer.connection().writeMessage(MessageType.BINARY, ByteBuffer.wrap(Frames.utf8("Hello")));
            assertEquals(
                    "received 10 bytes (12 on the wire), sent 10 (12 on the wire)",
                    peer.connection().byteCounts().toString());
        }
        try (TestPeer peer = TestPeer.connect()) {
            assertTrue(peer.connection().deflate().isEmpty());
        }
    }
}
