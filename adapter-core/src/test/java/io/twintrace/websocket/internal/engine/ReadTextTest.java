package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.CONTINUATION;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.MessageReader;
import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TestPeer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** UTF-8 is checked as it arrives (RFC 6455 section 8.1). */
class ReadTextTest {
    /** Characters of one to four bytes. */
    private static final byte[] TEXT_OF_ALL_LENGTHS = Frames.utf8("aß€\uD83D\uDE00z");

    private final TestPeer peer = TestPeer.connect();
    private final BlockingConnection connection = peer.connection();

    @AfterEach
    void close() throws Exception {
        peer.close();
    }

    @Test
    void textMayBeSplitInsideACharacterAtEveryOffset() throws Exception {
        int length = TEXT_OF_ALL_LENGTHS.length;
        for (int split = 0; split <= length; split++) {
            peer.send(
                    Frames.masked(TEXT, Arrays.copyOf(TEXT_OF_ALL_LENGTHS, split)),
                    Frames.masked(FIN | CONTINUATION, Arrays.copyOfRange(TEXT_OF_ALL_LENGTHS, split, length)));
            assertArrayEquals(TEXT_OF_ALL_LENGTHS, connection.readMessage().payload(), "split at " + split);
        }
    }

    @Test
    void textMayArriveInPiecesOfAnySize() throws Exception {
        byte[] frame = Frames.masked(FIN | TEXT, TEXT_OF_ALL_LENGTHS);
        for (int split = 1; split < frame.length; split++) {
            peer.send(Arrays.copyOf(frame, split));
            MessageReader reader = split >= 6 ? connection.nextReader() : null;
            byte[] head = reader == null ? new byte[0] : reader.readNBytes(split - 6);
            peer.send(Arrays.copyOfRange(frame, split, frame.length));
            byte[] tail = (reader == null ? connection.nextReader() : reader).readAllBytes();
            assertArrayEquals(TEXT_OF_ALL_LENGTHS, Frames.concat(head, tail), "split at " + split);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff", "80", "c0 80", "c1 bf", "e0 80 80", "ed a0 80", "f0 80 80 80", "f4 90 80 80", "f5"})
    void wrongBytesFailBeforeTheFrameIsComplete(String wrong) throws Exception {
        byte[] frame = Frames.masked(FIN | TEXT, Frames.concat(Frames.utf8("ok"), Frames.hex(wrong), new byte[1000]));
        peer.send(Arrays.copyOf(frame, 8 + 2 + Frames.hex(wrong).length));
        assertInvalid();
    }

    @Test
    void wrongBytesFailInTheMiddleOfAFragmentedMessage() throws Exception {
        peer.send(
                Frames.masked(TEXT, Frames.utf8("ok")),
                Frames.masked(CONTINUATION, Frames.hex("c3")),
                Frames.ping("between"),
                Frames.maskedHeader(CONTINUATION, 500),
                Frames.hex("28"));
        ProtocolException e = assertThrows(ProtocolException.class, connection::readMessage);
        assertEquals(1007, e.closeCode());
        peer.expectFrame(FIN | Frames.PONG, Frames.utf8("between"))
                .expectClose(1007)
                .expectEof();
    }

    @ParameterizedTest
    @ValueSource(strings = {"c3", "e2 82", "f0 9f 98"})
    void textMayNotEndInsideACharacter(String cut) throws Exception {
        peer.send(Frames.masked(FIN | TEXT, Frames.hex(cut)));
        assertInvalid();
    }

    @Test
    void textMayNotEndInsideACharacterWithAnEmptyLastFragmentEither() throws Exception {
        peer.send(Frames.masked(TEXT, Frames.hex("c3")), Frames.masked(FIN | CONTINUATION, new byte[0]));
        assertInvalid();
    }

    @Test
    void textThatIsDroppedIsCheckedToo() throws Exception {
        peer.send(Frames.masked(FIN | TEXT, Frames.hex("61 ff")), Frames.text("next"));
        connection.nextReader();
        assertInvalid();
    }

    @Test
    void binaryMessagesMayHoldAnything() throws Exception {
        peer.send(Frames.binary(Frames.hex("ff c0 80")), Frames.text("ok"));
        assertArrayEquals(Frames.hex("ff c0 80"), connection.readMessage().payload());
        assertEquals("ok", connection.readMessage().text());
    }

    @Test
    void aCloseReasonIsCheckedToo() throws Exception {
        peer.send(Frames.masked(FIN | Frames.CLOSE, Frames.hex("03 e8 c3 28")));
        assertInvalid();
    }

    private void assertInvalid() throws Exception {
        assertEquals(1007, peer.expectFailedRead(ProtocolException.class, 1007).closeCode());
    }
}
