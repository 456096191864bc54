package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.BINARY;
import static io.twintrace.websocket.fixture.Frames.CONTINUATION;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.RSV1;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.twintrace.websocket.MessageReader;
import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TestPeer;
import io.twintrace.websocket.handshake.DeflateOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * CVE-2026-87022, Tomcat: with permessage-deflate the boundaries between messages shifted, so that the end of one was
 * read as the beginning of another. Here they never shift, however the DEFLATE data of a message is cut and ended.
 */
class CompressionBoundaryTest {
    private static final byte[] HELLO = Frames.hex("f2 48 cd c9 c9 07 00");

    /** The same again, referring to the message before. */
    private static final byte[] HELLO_AGAIN = Frames.hex("f2 00 11 00 00");

    private static TestPeer connect() {
        WebSocketOptions options = TestPeer.quick().deflate(DeflateOptions.on()).build();
        return TestPeer.connectDeflating(options, "");
    }

    private static byte[] compressed(byte[] payload) {
        return Frames.masked(FIN | RSV1 | TEXT, payload);
    }

    /** Three fragments: up to {@code cut}, an empty one, and the rest; with a Ping between them. */
    private static byte[] cutInThree(byte[] payload, int cut) {
        return Frames.concat(
                Frames.masked(RSV1 | TEXT, Arrays.copyOf(payload, cut)),
                Frames.masked(CONTINUATION, new byte[0]),
                Frames.ping(""),
                Frames.masked(FIN | CONTINUATION, Arrays.copyOfRange(payload, cut, payload.length)));
    }

    private static void sendOthers(TestPeer peer) throws IOException {
        peer.send(
                Frames.text("plain"),
                compressed(HELLO),
                compressed(new byte[0]),
                Frames.text(""),
                compressed(new byte[1]),
                compressed(HELLO_AGAIN));
    }

    private static void expectOthers(TestPeer peer) throws IOException {
        for (String text : new String[] {"plain", "Hello", "", "", "", "Hello"}) {
            assertEquals(text, peer.connection().readMessage().text());
        }
    }

    /**
     * CVE-2026-87022: final blocks at the end and inside, empty blocks, a tail that was not taken off, and frames
     * without anything.
     */
    @ParameterizedTest
    @CsvSource({
        "f3 48 cd c9 c9 07 00, Hello",
        "f3 48 cd c9 c9 07 00 00, Hello",
        "f3 48 cd c9 c9 07 00 03 00, Hello",
        "f3 48 cd c9 c9 07 00 f2 48 cd c9 c9 07 00, HelloHello",
        "f3 48 cd c9 c9 07 00 f2 00 11 00 00, HelloHello",
        "03 00 f2 48 cd c9 c9 07 00, Hello",
        "01 05 00 fa ff 48 65 6c 6c 6f, Hello",
        "00 05 00 fa ff 48 65 6c 6c 6f 00, Hello",
        "f2 48 cd c9 c9 07 00 00 00 ff ff, Hello",
        "f2 48 05 00 00 00 ff ff ca c9 c9 07 00, Hello",
        "00 00 00 ff ff, ''",
        "03 00, ''",
        "02 00, ''",
        "00, ''",
        "'', ''"
    })
    void whateverShapeACompressedMessageHasTheOnesAfterItAreWhole(String hex, String text) throws IOException {
        byte[] payload = Frames.hex(hex);
        try (TestPeer peer = connect()) {
            for (int cut = 0; cut <= payload.length; cut++) {
                peer.send(cutInThree(payload, cut));
                sendOthers(peer);
                assertEquals(text, peer.connection().readMessage().text(), "cut at " + cut);
                expectOthers(peer);
            }
        }
    }

    @Test
    void aMessageThatIsDroppedAtAnyPlaceLeavesTheOnesAfterItWhole() throws IOException {
        byte[] payload = Frames.hex("f3 48 cd c9 c9 07 00 f2 00 11 00 00"); // two times five characters
        try (TestPeer peer = connect()) {
            for (int taken = 0; taken <= 10; taken++) {
                for (int cut = 0; cut <= payload.length; cut++) {
                    peer.send(cutInThree(payload, cut));
                    sendOthers(peer);
                    byte[] head = peer.connection().nextReader().readNBytes(taken);
                    assertEquals("HelloHello".substring(0, taken), new String(head, StandardCharsets.US_ASCII));
                    expectOthers(peer);
                }
            }
        }
    }

    /** The missing end of a message must not be taken from the next one, compressed or not. */
    @ParameterizedTest
    @ValueSource(ints = {FIN | RSV1 | BINARY, FIN | BINARY})
    void aMessageThatEndsInsideABlockFailsAndIsNotCompletedByTheNext(int next) throws Exception {
        byte[] stored = Frames.hex("00 05 00 fa ff 48 65 6c 6c 6f 00");
        for (byte[] payload : new byte[][] {HELLO, stored}) {
            int first = payload == stored ? 2 : 1; // a zero alone is an empty message
            for (int cut = first; cut < payload.length; cut++) {
                try (TestPeer peer = connect()) {
                    peer.send(
                            Frames.masked(FIN | RSV1 | BINARY, Arrays.copyOf(payload, cut)),
                            Frames.masked(next, Arrays.copyOfRange(payload, cut, payload.length)));
                    ProtocolException e = peer.expectFailedRead(ProtocolException.class, 1007);
                    assertSame(e, assertThrows(ProtocolException.class, peer.connection()::readMessage));
                    assertEquals(0, Shared.of(peer.options()).pools().deflate().lent());
                }
            }
        }
    }

    /** CVE-2026-87022: the rest of a message must not be read as part of the next one. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "f3 48 cd c9 c9 07 00 ff", // a final block, and an invalid one
                "f3 48 cd c9 c9 07 00 f2", // and the beginning of a valid one
                "f3 48 cd c9 c9 07 00 00 05 00", // and the beginning of a stored one
                "01 05 00 fa ff 48 65 6c 6c 6f 81 05", // and bytes that look like a frame
                "f2 48 cd c9 c9 07 00 00 00 ff ff f2" // and after the tail
            })
    void whatIsLeftOverOfAMessageFailsAndIsNotPutBeforeTheNext(String hex) throws Exception {
        try (TestPeer peer = connect()) {
            peer.send(compressed(Frames.hex(hex)));
            sendOthers(peer);
            peer.expectFailedRead(ProtocolException.class, 1007);
            assertThrows(ProtocolException.class, peer.connection()::readMessage);
        }
    }

    /** Characters of one to four bytes in a stored block, so that each of their bytes is one on the wire. */
    @Test
    void compressedTextMayBeSplitInsideACharacterAtEveryOffset() throws IOException {
        String text = "aß€\uD83D\uDE00z";
        byte[] utf8 = Frames.utf8(text);
        byte[] payload = Frames.concat(
                new byte[] {0, (byte) utf8.length, 0, (byte) ~utf8.length, (byte) 0xFF}, utf8, new byte[1]);
        try (TestPeer peer = connect()) {
            for (int cut = 0; cut <= payload.length; cut++) {
                peer.send(cutInThree(payload, cut), cutInThree(payload, cut));
                assertEquals(text, peer.connection().readMessage().text(), "cut at " + cut);
                MessageReader reader = peer.connection().nextReader();
                for (byte expected : utf8) {
                    assertEquals(expected & 0xFF, reader.read());
                }
                assertEquals(-1, reader.read());
            }
        }
    }
}
