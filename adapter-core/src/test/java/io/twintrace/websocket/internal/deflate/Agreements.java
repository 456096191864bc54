package io.twintrace.websocket.internal.deflate;

import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.handshake.DeflateParameters;
import java.util.OptionalInt;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Agreements between client and server, and messages that are worth compressing. */
public final class Agreements {
    private Agreements() {}

    /** Any parameters. */
    public static Arbitrary<DeflateParameters> parameters() {
        Arbitrary<Boolean> flags = Arbitraries.of(true, false);
        Arbitrary<OptionalInt> bits =
                Arbitraries.integers().between(7, 15).map(n -> n < 8 ? OptionalInt.empty() : OptionalInt.of(n));
        return Combinators.combine(flags, flags, bits, bits).as(DeflateParameters::new);
    }

    /** Any level that compresses. */
    public static Arbitrary<Integer> levels() {
        return Arbitraries.of(DeflateOptions.HUFFMAN_ONLY, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    /** Bytes a to z with repetitions near and far, or noise; lengths around windows and buffers. */
    public static Arbitrary<byte[]> messages(boolean text) {
        Arbitrary<Integer> lengths = Arbitraries.oneOf(
                Arbitraries.integers().between(0, 600),
                Arbitraries.of(255, 256, 257, 511, 512, 513, 4096, 32_767, 32_768, 32_769, 70_000));
        Arbitrary<Long> seeds = Arbitraries.longs().between(0, 20);
        Arbitrary<byte[]> repetitive = Combinators.combine(lengths, seeds).as(Deflating::repetitive);
        Arbitrary<byte[]> noise = Combinators.combine(lengths, seeds).as(Deflating::random);
        return text ? repetitive : Arbitraries.oneOf(repetitive, noise);
    }
}
