package io.twintrace.websocket.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The validator takes eight bytes a step. Its verdict must not depend on where in a step a sequence lies. */
class Utf8PlacesTest {
    private static final int[] EDGES = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF};

    private final Utf8Validator utf8 = new Utf8Validator();

    @Test
    void everyPairOfBytesIsJudgedAsTheJdkDoesAtEveryPlace() {
        int texts = 0;
        for (int first = 0; first < 256; first++) {
            for (int second = 0; second < 256; second++) {
                texts += judgeEverywhere(first, second) ? 1 : 0;
            }
        }
        assertEquals(128 * 128 + (0x800 - 0x80), texts);
    }

    @Test
    void threeBytesAtTheEdgesAreJudgedAsTheJdkDoesAtEveryPlace() {
        for (int first = 0xE0; first <= 0xEF; first++) {
            for (int second = 0x80; second <= 0xBF; second++) {
                for (int third : EDGES) {
                    judgeEverywhere(first, second, third);
                }
            }
        }
    }

    @Test
    void fourBytesAtTheEdgesAreJudgedAsTheJdkDoesAtEveryPlace() {
        for (int first = 0xEF; first <= 0xF5; first++) {
            for (int second = 0x7F; second <= 0xC0; second++) {
                for (int third : EDGES) {
                    for (int fourth : EDGES) {
                        judgeEverywhere(first, second, third, fourth);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyCharacterIsAcceptedInOneText(BufferKind kind) throws Exception {
        StringBuilder all = new StringBuilder();
        for (int code = 0; code <= Character.MAX_CODE_POINT; code++) {
            if (code < Character.MIN_SURROGATE || code > Character.MAX_SURROGATE) {
                all.appendCodePoint(code);
            }
        }
        ByteBuffer text = kind.of(Texts.utf8(all.toString()));
        utf8.accept(text, 0, text.capacity());
        assertTrue(utf8.isAtBoundary());
    }

    @ParameterizedTest
    @EnumSource
    void characterBegunInOnePieceIsNotEndedByARunOfAsciiInTheNext(BufferKind kind) throws Exception {
        ByteBuffer begun = kind.of(Hex.bytes("E2 82"));
        for (int run = 1; run <= 40; run++) {
            ByteBuffer ascii = kind.of(Texts.utf8("x".repeat(run)));
            utf8.reset();
            utf8.accept(begun, 0, 2);
            assertThrows(ProtocolException.class, () -> utf8.accept(ascii, 0, ascii.capacity()));
        }
    }

    /** Between ASCII, in two steps of eight bytes. */
    private boolean judgeEverywhere(int... sequence) {
        byte[] text = new byte[16];
        boolean expected = false;
        for (int place = 0; place <= 8; place++) {
            Arrays.fill(text, (byte) 'x');
            for (int i = 0; i < sequence.length; i++) {
                text[place + i] = (byte) sequence[i];
            }
            if (place == 0) {
                expected = Utf8Reference.isText(text);
            }
            if (isText(text) != expected) {
                throw new AssertionError("should be " + (expected ? "text: " : "refused: ") + Hex.of(text));
            }
        }
        return expected;
    }

    private boolean isText(byte[] text) {
        utf8.reset();
        try {
            utf8.accept(text, 0, text.length);
            return utf8.isAtBoundary();
        } catch (ProtocolException e) {
            return false;
        }
    }
}
