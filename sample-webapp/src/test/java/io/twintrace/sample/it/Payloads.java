package io.twintrace.sample.it;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Messages of exactly so many bytes, always the same. */
final class Payloads {
    private static final String MIXTURE = "aü€\uD83D\uDC6F"; // characters of one to four bytes
    private static final int MIXTURE_BYTES = 10;

    private Payloads() {}

    static byte[] binary(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    static String text(int size) {
        String text = MIXTURE.repeat(size / MIXTURE_BYTES) + "x".repeat(size % MIXTURE_BYTES);
        if (text.getBytes(StandardCharsets.UTF_8).length != size) {
            throw new AssertionError();
        }
        return text;
    }
}
