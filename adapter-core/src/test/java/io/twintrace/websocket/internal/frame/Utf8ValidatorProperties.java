package io.twintrace.websocket.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.ProtocolException;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class Utf8ValidatorProperties {
    @Property
    void verdictOnAnyPiecesIsTheJdksAndComesWithTheFirstWrongPiece(
            @ForAll("almostText") byte[] bytes, @ForAll @Size(max = 10) List<@IntRange(max = 20) Integer> pieces) {
        Utf8Validator utf8 = new Utf8Validator();
        int at = 0;
        for (int piece : pieces) {
            int length = Math.min(piece, bytes.length - at);
            if (!checkPiece(utf8, bytes, at, length)) {
                return;
            }
            at += length;
        }
        if (checkPiece(utf8, bytes, at, bytes.length - at)) {
            assertEquals(Utf8Reference.isText(bytes), accepts(utf8::finish));
        }
    }

    private static boolean checkPiece(Utf8Validator utf8, byte[] bytes, int at, int length) {
        boolean accepted = accepts(() -> utf8.accept(bytes, at, length));
        assertEquals(Utf8Reference.isBeginningOfText(Arrays.copyOf(bytes, at + length)), accepted);
        return accepted;
    }

    private static boolean accepts(Check check) {
        try {
            check.run();
            return true;
        } catch (ProtocolException e) {
            assertEquals(1007, e.closeCode());
            return false;
        }
    }

    /** A check that may refuse its input. */
    private interface Check {
        void run() throws ProtocolException;
    }

    /** Characters of every length, sometimes with a stray byte or a sequence that only looks like a character. */
    @Provide
    Arbitrary<byte[]> almostText() {
        Arbitrary<byte[]> character = Texts.characters().map(Texts::utf8);
        Arbitrary<byte[]> stray = Arbitraries.bytes().map(b -> new byte[] {b});
        Arbitrary<Integer> next = Arbitraries.oneOf(
                Arbitraries.of(0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF),
                Arbitraries.integers().between(0x80, 0xBF));
        Arbitrary<byte[]> almost = Combinators.combine(
                        Arbitraries.of(0xC0, 0xC1, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5), next, next, next)
                .as((first, second, third, fourth) -> first < 0xE0
                        ? bytes(first, second)
                        : first < 0xF0 ? bytes(first, second, third) : bytes(first, second, third, fourth));
        return Arbitraries.frequencyOf(Tuple.of(20, character), Tuple.of(1, stray), Tuple.of(3, almost))
                .list()
                .ofMaxSize(30)
                .map(Texts::concat);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
