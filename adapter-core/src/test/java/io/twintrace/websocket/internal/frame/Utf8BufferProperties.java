package io.twintrace.websocket.internal.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class Utf8BufferProperties {
    @Property(edgeCases = EdgeCasesMode.NONE)
    void textWithOneByteChangedIsJudgedAsTheJdkDoesWhereverItIsSplit(
            @ForAll BufferKind kind,
            @ForAll("texts") byte[] text,
            @ForAll @IntRange(max = 400) int place,
            @ForAll byte other) {
        byte[] bytes = text.clone();
        if (place < bytes.length) {
            bytes[place] = other;
        }
        ByteBuffer buffer = kind.of(bytes);
        boolean isText = Utf8Reference.isText(bytes);
        for (int cut = 0; cut <= bytes.length; cut++) {
            assertEquals(isText, isText(buffer, cut));
        }
        assertEquals(0, buffer.position());
        assertEquals(bytes.length, buffer.limit());
        assertArrayEquals(bytes, BufferKind.content(buffer));
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void anyBytesAreJudgedAsTheJdkDoes(@ForAll BufferKind kind, @ForAll @Size(max = 20) byte[] bytes) {
        assertEquals(Utf8Reference.isText(bytes), isText(kind.of(bytes), bytes.length / 2));
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void pieceIsRefusedExactlyWhenNothingThatFollowsCouldMakeItText(
            @ForAll BufferKind kind,
            @ForAll("texts") byte[] text,
            @ForAll @IntRange(max = 400) int place,
            @ForAll byte other,
            @ForAll @IntRange(max = 20) int most) {
        byte[] bytes = text.clone();
        if (place < bytes.length) {
            bytes[place] = other;
        }
        ByteBuffer buffer = kind.of(bytes);
        Utf8Validator utf8 = new Utf8Validator();
        boolean fine = true;
        int at = 0;
        while (fine && at < bytes.length) {
            int length = Math.min(1 + most, bytes.length - at);
            fine = accepts(utf8, buffer, at, length);
            at += length;
            byte[] soFar = Arrays.copyOf(bytes, at);
            assertEquals(Utf8Reference.isBeginningOfText(soFar), fine);
            if (fine) {
                assertEquals(Utf8Reference.isText(soFar), utf8.isAtBoundary());
            }
        }
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void pieceThatIsRefusedIsNotPartOfTheText(
            @ForAll BufferKind kind,
            @ForAll("texts") byte[] text,
            @ForAll @IntRange(max = 400) int at,
            @ForAll @Size(min = 1, max = 20) byte[] piece)
            throws Exception {
        int cut = Math.min(at, text.length);
        ByteBuffer buffer = kind.of(text);
        Utf8Validator utf8 = new Utf8Validator();
        utf8.accept(buffer, 0, cut);
        byte[] wrong = Arrays.copyOf(piece, piece.length + 1);
        wrong[piece.length] = (byte) 0xFF;
        assertEquals(false, accepts(utf8, kind.of(wrong), 0, wrong.length));
        utf8.accept(buffer, cut, text.length - cut);
        utf8.finish();
    }

    private static boolean isText(ByteBuffer buffer, int cut) {
        Utf8Validator utf8 = new Utf8Validator();
        return accepts(utf8, buffer, 0, cut)
                && accepts(utf8, buffer, cut, buffer.capacity() - cut)
                && utf8.isAtBoundary();
    }

    private static boolean accepts(Utf8Validator utf8, ByteBuffer buffer, int index, int length) {
        try {
            utf8.accept(buffer, index, length);
            return true;
        } catch (ProtocolException e) {
            assertEquals(CloseCode.INVALID_PAYLOAD, e.closeCode());
            return false;
        }
    }

    /** Characters of every length between runs of ASCII, short and long ones. */
    @Provide
    Arbitrary<byte[]> texts() {
        Arbitrary<String> ascii = Arbitraries.strings().ascii().ofMaxLength(20);
        return Combinators.combine(Texts.texts(6), ascii)
                .as(String::concat)
                .map(Texts::utf8)
                .list()
                .ofMaxSize(8)
                .map(Texts::concat);
    }
}
