package io.twintrace.websocket.internal.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class MaskingProperties {
    @Property
    void maskingByChunksEqualsMaskingWhole(
            @ForAll @Size(max = 200) byte[] payload,
            @ForAll int key,
            @ForAll @Size(max = 10) List<@IntRange(max = 50) Integer> chunks) {
        byte[] whole = payload.clone();
        Masking.apply(whole, 0, whole.length, key, 0);

        byte[] chunked = payload.clone();
        int at = 0;
        for (int chunk : chunks) {
            int length = Math.min(chunk, chunked.length - at);
            Masking.apply(chunked, at, length, key, at);
            at += length;
        }
        Masking.apply(chunked, at, chunked.length - at, key, at);
        assertArrayEquals(whole, chunked);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void everyByteIsXoredWithItsByteOfTheKeyAndNoOtherIsTouched(
            @ForAll @Size(max = 200) byte[] bytes,
            @ForAll int key,
            @ForAll @IntRange(max = 200) int from,
            @ForAll @IntRange(max = 200) int most,
            @ForAll @LongRange(max = Long.MAX_VALUE - 200) long position) {
        int offset = Math.min(from, bytes.length);
        int length = Math.min(most, bytes.length - offset);
        byte[] expected = MaskingReference.masked(bytes, offset, length, key, position);
        byte[] actual = bytes.clone();
        Masking.apply(actual, offset, length, key, position);
        assertArrayEquals(expected, actual);
    }
}
