package io.twintrace.websocket.internal.frame;

import static io.twintrace.websocket.internal.frame.MaskingReference.masked;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MaskingTest {
    private static final int KEY = 0x37FA213D;

    @Test
    void helloIsMaskedAsInTheRfc() {
        byte[] hello = "Hello".getBytes(StandardCharsets.UTF_8);
        Masking.apply(hello, 0, hello.length, KEY, 0);
        assertEquals("7F 9F 4D 51 58", Hex.of(hello)); // RFC 6455 section 5.7
    }

    @Test
    void maskingEqualsTheRfcLoopForAllOffsetsPositionsAndLengths() {
        byte[] original = random(96);
        for (int offset = 0; offset <= 9; offset++) {
            for (int position = 0; position <= 9; position++) {
                for (int length = 0; length <= 70; length++) {
                    byte[] actual = original.clone();
                    Masking.apply(actual, offset, length, KEY, position);
                    assertArrayEquals(masked(original, offset, length, KEY, position), actual);
                }
            }
        }
    }

    @Test
    void positionMayPassTwoGigabytes() {
        byte[] original = random(20);
        for (long position : new long[] {Integer.MAX_VALUE, (1L << 32) + 3, Long.MAX_VALUE - 20}) {
            byte[] actual = original.clone();
            Masking.apply(actual, 0, actual.length, KEY, position);
            assertArrayEquals(masked(original, 0, original.length, KEY, position), actual);
        }
    }

    @Test
    void piecesGiveWhatTheWholeGives() {
        byte[] whole = random(70);
        byte[] expected = whole.clone();
        Masking.apply(expected, 0, expected.length, KEY, 0);
        for (int cut = 0; cut <= whole.length; cut++) {
            byte[] pieces = whole.clone();
            Masking.apply(pieces, 0, cut, KEY, 0);
            Masking.apply(pieces, cut, pieces.length - cut, KEY, cut);
            assertArrayEquals(expected, pieces);
        }
    }

    @Test
    void maskingTwiceIsTheIdentity() {
        byte[] original = random(70);
        byte[] actual = original.clone();
        Masking.apply(actual, 3, 60, 0x80000001, 5);
        Masking.apply(actual, 3, 60, 0x80000001, 5);
        assertArrayEquals(original, actual);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(6455).nextBytes(bytes);
        return bytes;
    }
}
