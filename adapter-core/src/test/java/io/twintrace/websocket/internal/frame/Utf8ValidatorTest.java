package io.twintrace.websocket.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.ProtocolException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8ValidatorTest {
    private static final String NOT_UTF8 = "text is not UTF-8 (close code 1007)";
    private static final String INSIDE_CHARACTER = "text ends inside a UTF-8 character (close code 1007)";

    private final Utf8Validator utf8 = new Utf8Validator();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "7F",
                "C2 80",
                "DF BF",
                "E0 A0 80",
                "ED 9F BF",
                "EE 80 80",
                "EF BF BE",
                "EF BF BF",
                "F0 90 80 80",
                "F4 8F BF BF",
                "CE BA E1 BD B9 CF 83 CE BC CE B5",
                "48 65 6C 6C 6F 2D C2 B5 40 C3 9F C3 B6 C3 A4 C3 BC C3 A0 C3 A1 2D 55 54 46 2D 38 21 21"
            })
    void validTextIsAcceptedWhereverItIsSplit(String hex) throws Exception {
        byte[] text = Hex.bytes(hex);
        for (int cut = 0; cut <= text.length; cut++) {
            utf8.accept(text, 0, cut);
            utf8.accept(text, cut, text.length - cut);
            utf8.finish();
        }
        for (int i = 0; i < text.length; i++) {
            utf8.accept(text, i, 1);
        }
        utf8.finish();
    }

    @ParameterizedTest
    @CsvSource({
        "80, 0", // a continuation byte without a first byte
        "BF, 0",
        "C0, 0", // overlong: two bytes for a character that fits in one
        "C1, 0",
        "F5, 0", // past U+10FFFF
        "FE, 0",
        "FF, 0",
        "C2 00, 1",
        "C2 C2, 1",
        "DF 7F, 1",
        "E0 80, 1", // overlong
        "E0 9F, 1",
        "E1 C0, 1",
        "ED A0, 1", // the first surrogate
        "ED BF, 1", // the last
        "E2 82 41, 2",
        "E2 82 C0, 2",
        "F0 80, 1", // overlong
        "F0 8F, 1",
        "F4 90, 1", // U+110000
        "F4 BF, 1",
        "F0 90 7F, 2",
        "F0 90 80 7F, 3",
        "F1 80 80 C0, 3",
        "41 42 43 44 45 46 47 48 FF, 8", // behind a run of ASCII
        "41 42 43 44 45 46 47 48 49 4A 4B C3 28, 12",
        "CE BA E1 BD B9 CF 83 CE BC CE B5 ED A0 80 65 64 69 74 65 64, 12", // as Autobahn 6.3.1 sends it
        "CE BA E1 BD B9 CF 83 CE BC CE B5 F4 90 80 80 65 64 69 74 65 64, 12"
    })
    void wrongByteFailsAtOnceWhereverTheTextIsSplit(String hex, int wrong) throws Exception {
        byte[] text = Hex.bytes(hex);
        for (int cut = 0; cut <= wrong; cut++) {
            int rest = cut;
            utf8.reset();
            utf8.accept(text, 0, wrong); // everything before it is valid
            utf8.reset();
            utf8.accept(text, 0, cut);
            assertInvalid(() -> utf8.accept(text, rest, wrong + 1 - rest));
            utf8.reset();
            utf8.accept(text, 0, cut);
            assertInvalid(() -> utf8.accept(text, rest, text.length - rest));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"C2", "E2", "E2 82", "F0", "F0 9F", "F0 9F 98", "41 41 41 41 41 41 41 41 C3"})
    void textMustNotEndInsideACharacter(String hex) throws Exception {
        byte[] text = Hex.bytes(hex);
        utf8.accept(text, 0, text.length);
        ProtocolException e = assertThrows(ProtocolException.class, utf8::finish);
        assertEquals(INSIDE_CHARACTER, e.getMessage());
        assertEquals(CloseCode.INVALID_PAYLOAD, e.closeCode());
    }

    @Test
    void validatorIsReadyForTheNextTextAfterFinish() throws Exception {
        utf8.accept(Hex.bytes("E0"), 0, 1);
        assertThrows(ProtocolException.class, utf8::finish);
        utf8.accept(Hex.bytes("C2 80"), 0, 2); // 80 would be overlong behind E0
        utf8.finish();
    }

    @Test
    void resetForgetsTheCharacterUnderWay() throws Exception {
        utf8.accept(Hex.bytes("ED"), 0, 1);
        utf8.reset();
        utf8.accept(Hex.bytes("EE BF BF"), 0, 3); // BF would be a surrogate behind ED
        utf8.finish();
    }

    @ParameterizedTest
    @ValueSource(strings = {"41", "C2 80", "E0 A0 80", "ED 9F BF", "F0 90 80 80", "F4 8F BF BF"})
    void refusedPieceIsNotPartOfTheText(String hex) throws Exception {
        byte[] text = Hex.bytes(hex);
        for (int cut = 0; cut < text.length; cut++) {
            utf8.accept(text, 0, cut);
            assertInvalid(() -> utf8.accept(Hex.bytes("FF"), 0, 1));
            utf8.accept(text, cut, text.length - cut);
            utf8.finish();
        }
    }

    @Test
    void onlyTheGivenRangeIsRead() throws Exception {
        utf8.accept(Hex.bytes("FF FF 41 42 FF"), 2, 2);
        utf8.finish();
    }

    @Test
    void characterIsFoundAtEveryPlaceOfARunOfAscii() throws Exception {
        for (int before = 0; before <= 40; before++) {
            byte[] good = ("x".repeat(before) + "\u20AC" + "x".repeat(40 - before)).getBytes(StandardCharsets.UTF_8);
            utf8.accept(good, 0, good.length);
            utf8.finish();

            byte[] bad = good.clone();
            bad[before + 2] = 'x';
            assertInvalid(() -> utf8.accept(bad, 0, bad.length));
            utf8.reset();
        }
    }

    @Test
    void loneWrongByteIsFoundAtEveryPlaceOfARunOfAscii() {
        for (int place = 0; place < 40; place++) {
            byte[] text = "x".repeat(40).getBytes(StandardCharsets.UTF_8);
            text[place] = (byte) 0x80;
            assertInvalid(() -> utf8.accept(text, 0, text.length));
        }
    }

    private static void assertInvalid(Executable call) {
        ProtocolException e = assertThrows(ProtocolException.class, call);
        assertEquals(NOT_UTF8, e.getMessage());
        assertEquals(CloseCode.INVALID_PAYLOAD, e.closeCode());
    }
}
