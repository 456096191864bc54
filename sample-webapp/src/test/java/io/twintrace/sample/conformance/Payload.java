package io.twintrace.sample.conformance;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** A payload as a recipe, so that the table does not hold the megabytes of group 9. */
record Payload(List<Part> parts) {
    /** A unit that is repeated and then cut, to give so many bytes. */
    record Part(ByteBuffer unit, int length) {}

    /** Each word is {@code 'text'}, {@code 0xfe}, {@code 5*'ab'} for ababa, or a close code. */
    static Payload parse(List<String> words) {
        return new Payload(words.stream().map(Payload::part).toList());
    }

    byte[] bytes() {
        ByteBuffer bytes =
                ByteBuffer.allocate(parts.stream().mapToInt(Part::length).sum());
        for (Part part : parts) {
            for (int i = 0; i < part.length(); i++) {
                bytes.put(part.unit().get(i % part.unit().limit()));
            }
        }
        return bytes.array();
    }

    private static Part part(String word) {
        int star = word.indexOf('*');
        if (star > 0 && Character.isDigit(word.charAt(0))) {
            return new Part(ByteBuffer.wrap(unit(word.substring(star + 1))), Integer.parseInt(word.substring(0, star)));
        }
        byte[] unit = unit(word);
        return new Part(ByteBuffer.wrap(unit), unit.length);
    }

    private static byte[] unit(String word) {
        if (word.startsWith("'")) {
            return word.substring(1, word.length() - 1).getBytes(StandardCharsets.UTF_8);
        }
        if (word.startsWith("0x")) {
            return HexFormat.of().parseHex(word, 2, word.length());
        }
        int code = Integer.parseInt(word);
        return new byte[] {(byte) (code >> 8), (byte) code};
    }
}
