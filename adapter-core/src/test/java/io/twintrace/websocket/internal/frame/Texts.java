package io.twintrace.websocket.internal.frame;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.arbitraries.IntegerArbitrary;

/** Arbitrary text, with characters of one to four bytes in about equal shares. */
public final class Texts {
    private Texts() {}

    /** One character. */
    public static Arbitrary<String> characters() {
        IntegerArbitrary any = Arbitraries.integers();
        return Arbitraries.oneOf(
                        any.between(0, 0x7F),
                        any.between(0x80, 0x7FF),
                        any.between(0x800, 0xD7FF),
                        any.between(0xE000, 0xFFFF),
                        any.between(0x10000, Character.MAX_CODE_POINT))
                .map(Character::toString);
    }

    /** Text without unpaired surrogates, of at most so many characters. */
    public static Arbitrary<String> texts(int most) {
        return characters().list().ofMaxSize(most).map(characters -> String.join("", characters));
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static byte[] concat(List<byte[]> pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        pieces.forEach(all::writeBytes);
        return all.toByteArray();
    }
}
