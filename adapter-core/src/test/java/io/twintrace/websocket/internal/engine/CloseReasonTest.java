package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.FIN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageTooBigException;
import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.ListeningPeer;
import io.twintrace.websocket.fixture.RecordingListener;
import io.twintrace.websocket.fixture.TestPeer;
import io.twintrace.websocket.handshake.DeflateOptions;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A Close that fails the connection names the broken rule or limit. A client gets no other explanation. */
class CloseReasonTest {
    private static final WebSocketOptions OPTIONS =
            TestPeer.quick().readLimit(4).fragmentLimit(2).build();

    /** The bytes that a client sends, masked with zeros, and the Close that it receives. */
    @ParameterizedTest
    @CsvSource({
        "82 85 00000000, 1009, message of more than 4 bytes",
        "02 83 00000000 616161 80 82 00000000, 1009, message of more than 4 bytes",
        "02 80 00000000 00 80 00000000 80 80 00000000, 1008, message of more than 2 fragments",
        "81 82 00000000 61ff, 1007, text is not UTF-8",
        "81 82 00000000 61c3, 1007, text ends inside a UTF-8 character",
        "83 80 00000000, 1002, reserved opcode 0x3",
        "A1 80 00000000, 1002, reserved bit RSV2 or RSV3 is set",
        "C1 80 00000000, 1002, 'reserved bit RSV1 is set, but no extension was negotiated'",
        "09 80 00000000, 1002, fragmented PING frame",
        "89 FE 007E 00000000, 1002, PING frame with more than 125 bytes",
        "80 80 00000000, 1002, CONTINUATION frame without a message to continue",
        "01 80 00000000 81 80 00000000, 1002, TEXT frame inside an unfinished message",
        "81 00, 1002, frame from the client is not masked",
        "82 FE 0001 00000000, 1002, payload length 1 is not written in its shortest form",
        "82 FF 8000000000000000 00000000, 1002, payload length with the most significant bit set",
        "88 81 00000000 00, 1002, Close frame with half a status code",
        "88 82 00000000 03ed, 1002, 'Close frame with status code 1005, which may not be sent'",
        "88 83 00000000 03e8ff, 1007, text is not UTF-8"
    })
    void aPeerThatBreaksARuleHearsWhich(String sent, int code, String reason) throws Exception {
        try (TestPeer peer = TestPeer.connect(OPTIONS)) {
            expectReason(peer.sendHex(sent), code, reason);
        }
        try (ListeningPeer peer = ListeningPeer.connect(new RecordingListener(), OPTIONS)) {
            peer.send(Frames.hex(sent));
            assertClosed(code, reason, peer.received());
        }
    }

    private static void expectReason(TestPeer peer, int code, String reason) throws Exception {
        Background<Message> reading = Background.start(peer.connection()::readMessage);
        peer.expectClose(code, reason).expectEof().sendEof();
        ProtocolException failure = reading.failure(ProtocolException.class);
        assertEquals(new CloseStatus(code, reason), failure.closeStatus());
    }

    private static void assertClosed(int code, String reason, byte[] received) {
        byte[] expected = Frames.plain(FIN | Frames.CLOSE, Frames.closePayload(code, reason));
        assertEquals(HexFormat.of().formatHex(expected), HexFormat.of().formatHex(received));
    }

    /** The peer and this side have different remedies. */
    @Test
    void theLimitIsNamedToThePeerAndTheRemedyToTheLog() {
        MessageTooBigException e = new MessageTooBigException(1 << 20);
        assertEquals(new CloseStatus(1009, "message of more than 1048576 bytes"), e.closeStatus());
        assertEquals(
                "message is larger than the read limit of 1048576 bytes; raise it with the init-param read-limit,"
                        + " readLimit in the options, or setReadLimit (close code 1009)",
                e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "C2 FE 0410 00000000, 1009, compressed message of more than 1032 bytes",
        "C1 81 00000000 ff, 1007, compressed message is not valid DEFLATE data",
    })
    void soDoesOneWhoseCompressedDataDoes(String sent, int code, String reason) throws Exception {
        WebSocketOptions options =
                TestPeer.quick().readLimit(4).deflate(DeflateOptions.on()).build();
        try (TestPeer peer = TestPeer.connectDeflating(options, "")) {
            expectReason(peer.sendHex(sent), code, reason);
        }
    }

    @Test
    void aListenerThatThrowsIsNotQuoted() {
        RecordingListener listener = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) {
                throw new IllegalStateException("nobody's business");
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.send(Frames.text("a"));
            assertClosed(1011, "listener failed", peer.received());
        }
    }

    @Test
    void aPeerThatIsTooLateForAListenersDeadlineHearsIt() throws Exception {
        try (ListeningPeer peer = ListeningPeer.connect(new RecordingListener())) {
            peer.connection().setReadDeadline(Instant.now());
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            Background.eventually("a Close", () -> {
                peer.settle();
                received.writeBytes(peer.received());
                return received.size() > 0;
            });
            assertClosed(1011, "read deadline passed", received.toByteArray());
        }
    }

    /** An answer is no failure of the server, whatever its code. */
    @ParameterizedTest
    @ValueSource(ints = {1000, 1002, 1009, 1011, 4000})
    void theAnswerToAPeersCloseHasNone(int code) {
        try (ListeningPeer peer = ListeningPeer.connect(new RecordingListener())) {
            peer.send(Frames.close(code));
            assertClosed(code, "", peer.received());
        }
    }
}
