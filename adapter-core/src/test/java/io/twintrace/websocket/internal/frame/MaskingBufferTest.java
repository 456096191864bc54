package io.twintrace.websocket.internal.frame;

import static io.twintrace.websocket.internal.frame.MaskingReference.masked;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MaskingBufferTest {
    private static final int KEY = 0x37FA213D;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = ".*READ_ONLY")
    void maskingEqualsTheRfcLoopForAllOffsetsPositionsAndLengths(BufferKind kind) {
        byte[] original = random(80);
        for (int index = 0; index <= 9; index++) {
            for (int position = 0; position <= 4; position++) {
                for (int length = 0; length <= 70; length++) {
                    ByteBuffer buffer = kind.of(original);
                    Masking.apply(buffer, index, length, KEY, position);
                    assertArrayEquals(masked(original, index, length, KEY, position), BufferKind.content(buffer));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void copyIsThatOfTheLoopInTheRfcForAllOffsetsPositionsAndLengths(BufferKind kind) {
        byte[] original = random(80);
        ByteBuffer from = kind.of(original);
        for (int index = 0; index <= 9; index++) {
            for (int position = 0; position <= 4; position++) {
                for (int length = 0; length <= 70; length++) {
                    byte[] into = new byte[80];
                    Masking.copy(from, index, into, 5, length, KEY, position);
                    byte[] expected = new byte[80];
                    System.arraycopy(original, index, expected, 5, length);
                    assertArrayEquals(masked(expected, 5, length, KEY, position), into);
                }
            }
        }
        assertArrayEquals(original, BufferKind.content(from));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = ".*READ_ONLY")
    void loneByteBeyondAsciiIsSeenAtEveryPlace(BufferKind kind) {
        for (int length = 0; length <= 40; length++) {
            for (int place = -1; place <= length; place++) { // the first and the last lie outside
                byte[] text = new byte[length + 2];
                Arrays.fill(text, (byte) 0x7F);
                text[place + 1] = (byte) 0x80;
                boolean ascii = place == -1 || place == length;
                ByteBuffer wire = kind.of(masked(text, 1, length, KEY, 2));

                assertEquals(ascii, Masking.applyIsAscii(wire, 1, length, KEY, 2));
                assertArrayEquals(text, BufferKind.content(wire));
            }
        }
    }

    @Test
    void readOnlyBufferIsNotMaskedInPlace() {
        for (BufferKind kind : new BufferKind[] {BufferKind.HEAP_READ_ONLY, BufferKind.DIRECT_READ_ONLY}) {
            ByteBuffer buffer = kind.of(new byte[20]);
            assertThrows(ReadOnlyBufferException.class, () -> Masking.apply(buffer, 0, 20, KEY, 0));
            assertThrows(ReadOnlyBufferException.class, () -> Masking.apply(buffer, 0, 3, KEY, 0));
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(6455).nextBytes(bytes);
        return bytes;
    }
}
