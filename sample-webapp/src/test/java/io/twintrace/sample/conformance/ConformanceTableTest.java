package io.twintrace.sample.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table is complete, and its notation means what docs/conformance.md says. */
class ConformanceTableTest {
    @Test
    void theTableHasEveryCaseOfThePublicSuiteOnceAndNoOther() {
        assertEquals(517, PublicSuite.caseNumbers().size());
        assertEquals(
                PublicSuite.caseNumbers(),
                ConformanceTable.read().stream().map(ConformanceCase::number).toList());
    }

    @Test
    void bothSidesOfEveryRowHaveTheSameStages() {
        for (ConformanceCase row : ConformanceTable.read()) {
            assertEquals(times(row.sent()), times(row.expected()), row::toString);
            assertFalse(row.description().isBlank(), row::toString);
        }
    }

    static Stream<Arguments> notation() {
        return Stream.of(
                arguments("text 'Hello'", "81 05 48 65 6c 6c 6f"),
                arguments("text", "81 00"),
                arguments("text 'a | b' | ping", "81 05 61 20 7c 20 62 89 00"),
                arguments("binary 0x00fe 5*'ab'", "82 07 00 fe 61 62 61 62 61"),
                arguments("text- 'é' | cont", "01 02 c3 a9 80 00"),
                arguments("text rsv4 'a'", "c1 01 61"),
                arguments("opB rsv7", "fb 00"),
                arguments("close 1000 'x'", "88 03 03 e8 78"),
                arguments("text of 21 'a' | more 'bc'", "81 15 61 62 63"),
                arguments("text 'abc' by 2", "01 02 61 62 80 01 63"),
                arguments("text 'abcd' by 2", "01 02 61 62 00 02 63 64 80 00"),
                arguments("text 'ab' by 2", "81 02 61 62"),
                arguments("binary 126*0x00", "82 7e 00 7e" + " 00".repeat(126)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void notation(String source, String frames) {
        assertEquals(frames, hex(FrameEncoder.server(), Script.parse(source)));
    }

    @Test
    void aLengthOf65536Takes64Bits() {
        String hex = hex(FrameEncoder.server(), Script.parse("binary 65536*0x00"));
        assertEquals("82 7f 00 00 00 00 00 01 00 00 00", hex.substring(0, 32));
    }

    @Test
    void framesOfTheClientAreMaskedAndMorePayloadGoesOnWithTheKey() {
        byte[] bytes = HexFormat.ofDelimiter(" ")
                .parseHex(hex(FrameEncoder.client("1.1.1"), Script.parse("text of 6 'abc' | more 'def'")));
        assertEquals("81 86", HexFormat.ofDelimiter(" ").formatHex(bytes, 0, 2));
        StringBuilder text = new StringBuilder();
        for (int i = 6; i < bytes.length; i++) {
            text.append((char) (bytes[i] ^ bytes[2 + (i - 6) % 4]));
        }
        assertEquals("abcdef", text.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"txet", "text 'a' by", "text 12 by 3 4", "deflate poems 16", "ping | | pong", "ping //", ""})
    void whatCannotBeUnderstoodIsRefused(String source) {
        assertThrows(IllegalArgumentException.class, () -> Script.parse(source));
    }

    private static List<Integer> times(Script script) {
        return script.stages().stream().map(Script.Stage::times).toList();
    }

    private static String hex(FrameEncoder encoder, Script script) {
        List<String> frames = new ArrayList<>();
        for (byte[] frame : encoder.encode(script.stages().get(0).steps())) {
            frames.add(Bytes.hex(frame));
        }
        return String.join(" ", frames);
    }
}
