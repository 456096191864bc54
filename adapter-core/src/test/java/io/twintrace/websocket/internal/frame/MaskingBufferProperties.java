package io.twintrace.websocket.internal.frame;

import static io.twintrace.websocket.internal.frame.MaskingReference.isAscii;
import static io.twintrace.websocket.internal.frame.MaskingReference.masked;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class MaskingBufferProperties {
    @Property(edgeCases = EdgeCasesMode.NONE)
    void bufferIsMaskedInPlaceAndSaysWhetherAllIsAscii(
            @ForAll BufferKind kind,
            @ForAll("mostlyAscii") byte[] bytes,
            @ForAll int key,
            @ForAll @IntRange(max = 200) int from,
            @ForAll @IntRange(max = 200) int most,
            @ForAll @LongRange(max = Long.MAX_VALUE - 200) long position) {
        Assume.that(!kind.isReadOnly());
        int index = Math.min(from, bytes.length);
        int length = Math.min(most, bytes.length - index);
        byte[] wire = masked(bytes, index, length, key, position);

        ByteBuffer buffer = kind.of(wire);
        buffer.position(bytes.length / 2);
        assertEquals(isAscii(bytes, index, length), Masking.applyIsAscii(buffer, index, length, key, position));
        assertArrayEquals(bytes, BufferKind.content(buffer));
        assertEquals(bytes.length / 2, buffer.position());
        assertEquals(bytes.length, buffer.limit());

        Masking.apply(buffer, index, length, key, position);
        assertArrayEquals(wire, BufferKind.content(buffer));

        assertEquals(isAscii(bytes, index, length), Masking.applyIsAscii(wire, index, length, key, position));
        assertArrayEquals(bytes, wire);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void copyIsMaskedAndTheSourceStaysAsItIs(
            @ForAll BufferKind kind,
            @ForAll("mostlyAscii") byte[] bytes,
            @ForAll int key,
            @ForAll @IntRange(max = 200) int from,
            @ForAll @IntRange(max = 200) int most,
            @ForAll @IntRange(max = 20) int offset,
            @ForAll @LongRange(max = Long.MAX_VALUE - 200) long position) {
        int index = Math.min(from, bytes.length);
        int length = Math.min(most, bytes.length - index);
        byte[] wire = masked(bytes, index, length, key, position);
        byte[] expected = new byte[offset + length + 9];
        Arrays.fill(expected, (byte) 0xA5);
        byte[] into = expected.clone();
        System.arraycopy(bytes, index, expected, offset, length);

        ByteBuffer buffer = kind.of(wire);
        buffer.position(bytes.length / 2);
        Masking.copy(buffer, index, into, offset, length, key, position);
        assertArrayEquals(expected, into);
        assertArrayEquals(wire, BufferKind.content(buffer));
        assertEquals(bytes.length / 2, buffer.position());
        assertEquals(bytes.length, buffer.limit());
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void piecesGiveWhatTheWholeGives(
            @ForAll BufferKind kind,
            @ForAll("mostlyAscii") byte[] bytes,
            @ForAll int key,
            @ForAll @IntRange(max = 200) int at) {
        Assume.that(!kind.isReadOnly());
        int cut = Math.min(at, bytes.length);
        ByteBuffer buffer = kind.of(bytes);
        Masking.apply(buffer, 0, cut, key, 0);
        Masking.apply(buffer, cut, bytes.length - cut, key, cut);
        assertArrayEquals(masked(bytes, 0, bytes.length, key, 0), BufferKind.content(buffer));
    }

    /** ASCII with at most one other byte, so that the verdict depends on that byte alone. */
    @Provide
    Arbitrary<byte[]> mostlyAscii() {
        Arbitrary<byte[]> ascii = Arbitraries.bytes()
                .between((byte) 0, (byte) 0x7F)
                .array(byte[].class)
                .ofMaxSize(200);
        return Combinators.combine(ascii, Arbitraries.integers().between(0, 400), Arbitraries.bytes())
                .as((bytes, place, other) -> {
                    byte[] changed = bytes.clone();
                    if (place < changed.length) {
                        changed[place] = other;
                    }
                    return changed;
                });
    }
}
