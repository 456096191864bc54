package io.twintrace.websocket.internal.deflate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.handshake.DeflateParameters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageInflaterTest {
    private final DeflatePool pool = new DeflatePool(1);
    private final Deflating.Pieces pieces = new Deflating.Pieces();
    private MessageInflater inflater = new MessageInflater(pool, Deflating.parameters(true, 0), pieces, () -> true);

    private String inflated(String hex) throws IOException {
        pieces.next(HexFormat.of().parseHex(hex.replace(" ", "")), Integer.MAX_VALUE);
        return new String(Deflating.inflate(inflater, 100), StandardCharsets.ISO_8859_1);
    }

    private void assertInvalid(String hex) {
        assertEquals(
                1007, assertThrows(ProtocolException.class, () -> inflated(hex)).closeCode());
        inflater.release();
        assertEquals(0, pool.lent());
    }

    /** RFC 7692 sections 7.2.3.1 to 7.2.3.6. */
    @ParameterizedTest
    @CsvSource({
        "f2 48 cd c9 c9 07 00, Hello",
        "00 05 00 fa ff 48 65 6c 6c 6f 00, Hello",
        "f3 48 cd c9 c9 07 00 00, Hello",
        "f2 48 05 00 00 00 ff ff ca c9 c9 07 00, Hello",
        "00, ''",
        "02 00, ''"
    })
    void theExamplesOfTheRfcAreUnderstood(String hex, String text) throws IOException {
        assertEquals(text, inflated(hex));
    }

    @Test
    void aMessageMayReferToTheOneBefore() throws IOException {
        assertEquals("Hello", inflated("f2 48 cd c9 c9 07 00"));
        assertEquals("Hello", inflated("f2 00 11 00 00"));
        assertEquals(0, pool.lent(), "no inflater is held between messages");
    }

    @Test
    void withoutContextTakeoverItMayNot() throws IOException {
        inflater = new MessageInflater(pool, Deflating.parameters(false, 0), pieces, () -> true);
        assertEquals("Hello", inflated("f2 48 cd c9 c9 07 00"));
        assertInvalid("f2 00 11 00 00");
    }

    @Test
    void itMayNotReferBackFurtherThanTheClientHasPromised() throws IOException {
        inflater = new MessageInflater(pool, Deflating.parameters(true, 8), pieces, () -> true);
        MessageDeflater widest = new MessageDeflater(Deflating.POOL, Deflating.parameters(true, 0));
        byte[] needle = Deflating.random(100, 1);
        byte[] hay = Deflating.random(200, 2);
        for (byte[] message : new byte[][] {needle, hay}) {
            pieces.next(Deflating.deflate(widest, message), 1000);
            assertArrayEquals(message, Deflating.inflate(inflater, 1000));
        }
        pieces.next(Deflating.deflate(widest, needle), 1000);
        assertThrows(ProtocolException.class, () -> Deflating.inflate(inflater, 1000));
    }

    /** Other implementations send these for empty messages, and for messages whose last fragment is empty. */
    @ParameterizedTest
    @CsvSource({"'', ''", "00 00 00 ff ff, ''", "f2 48 cd c9 c9 07 00 00 00 ff ff, Hello"})
    void whatIsFlushedAlreadyNeedsNoTail(String hex, String text) throws IOException {
        assertEquals(text, inflated(hex));
        assertEquals("Hello", inflated("f2 48 cd c9 c9 07 00"));
    }

    /** CVE-2026-87022, Tomcat: blocks with BFINAL, at the end and in the middle. */
    @ParameterizedTest
    @CsvSource({
        "f3 48 cd c9 c9 07 00, Hello",
        "f3 48 cd c9 c9 07 00 f2 48 cd c9 c9 07 00, HelloHello",
        "f3 48 cd c9 c9 07 00 f3 48 cd c9 c9 07 00 00, HelloHello",
        "f3 48 cd c9 c9 07 00 f2 00 11 00 00, HelloHello",
        "03 00 03 00 03 00 f2 48 cd c9 c9 07 00, Hello",
        "01 05 00 fa ff 48 65 6c 6c 6f f2 48 cd c9 c9 07 00, HelloHello"
    })
    void aFinalBlockEndsNeitherTheMessageNorWhatMayBeReferredTo(String hex, String text) throws IOException {
        for (int size : new int[] {1, 2, 3, 100}) {
            pieces.next(HexFormat.of().parseHex(hex.replace(" ", "")), size);
            assertEquals(text, new String(Deflating.inflate(inflater, 3), StandardCharsets.US_ASCII));
        }
        assertEquals("Hello", inflated("f2 00 11 00 00"), "the message after it");
    }

    /** CVE-2026-87022, Tomcat: data left over from one message must not become part of the next. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "f2", // inside a block of fixed codes
                "f2 48",
                "f2 48 cd",
                "f2 48 cd c9",
                "f2 48 cd c9 c9",
                "f2 48 cd c9 c9 07", // only the beginning of the empty block is missing
                "00 05 00 fa ff 48 65", // inside a stored block
                "00 05 00 fa",
                "00 05",
                "04", // inside the codes of a dynamic block
                "04 c0 01 09",
                "03", // inside a final block
                "f3 48 cd c9"
            })
    void aMessageThatEndsInsideABlockIsRefused(String hex) {
        assertInvalid(hex);
    }

    @Test
    void aMessageCutAnywhereIsRefusedOrAPrefixAndNeverTouchesTheNext() throws IOException {
        byte[] message = Deflating.repetitive(3000, 5);
        byte[] compressed =
                Deflating.deflate(new MessageDeflater(Deflating.POOL, Deflating.parameters(true, 0)), message);
        for (int cut = 1; cut < compressed.length; cut++) {
            pieces.next(Arrays.copyOf(compressed, cut), 100);
            assertThrows(ProtocolException.class, () -> Deflating.inflate(inflater, 1000), "cut at " + cut);
            inflater.release();
            inflater = new MessageInflater(pool, Deflating.parameters(true, 0), pieces, () -> true);
            assertEquals("Hello", inflated("f2 48 cd c9 c9 07 00"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "06", // block of type 3
                "07",
                "00 05 00 fa fe 48 65 6c 6c 6f 00", // stored block whose lengths differ
                "f2 00 11 00 00", // refers back before the beginning
                "05 ff ff ff ff ff ff ff ff ff", // invalid codes
                "f2 48 cd c9 c9 07 00 06"
            })
    void whatIsNotDeflateDataIsRefused(String hex) {
        assertInvalid(hex);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,8192", "7,3", "8192,1", "8192,8192", "10000,100000"})
    void messagesOfAnySizeComeInPiecesOfAnySize(int pieceSize, int most) throws IOException {
        for (int windowBits = 8; windowBits <= 15; windowBits++) {
            DeflateParameters parameters = Deflating.parameters(true, windowBits);
            MessageDeflater deflater = new MessageDeflater(Deflating.POOL, parameters);
            inflater = new MessageInflater(pool, parameters, pieces, () -> true);
            for (int i = 0; i < 30; i++) {
                byte[] message = i % 7 == 3 ? Deflating.random(i * 100, i) : Deflating.repetitive(i * i * 90, i);
                pieces.next(Deflating.deflate(deflater, message), pieceSize);
                assertArrayEquals(message, Deflating.inflate(inflater, most));
            }
            deflater.release();
        }
    }

    /** After a final block the inflater begins anew, and keeps the history that data may refer to. */
    @Test
    void aMegabyteOfEmptyFinalBlocksIsReadToItsEnd() throws IOException {
        byte[] history = Deflating.random(40_000, 1);
        pieces.next(
                Deflating.deflate(new MessageDeflater(Deflating.POOL, Deflating.parameters(true, 0)), history), 8192);
        assertArrayEquals(history, Deflating.inflate(inflater, 8192));
        byte[] blocks = new byte[1 << 20];
        for (int i = 0; i < blocks.length; i += 2) {
            blocks[i] = 3;
        }
        pieces.next(blocks, 8192);
        assertEquals(0, Deflating.inflate(inflater, 8192).length);
    }
}
