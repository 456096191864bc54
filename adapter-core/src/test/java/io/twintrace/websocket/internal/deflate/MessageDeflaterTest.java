package io.twintrace.websocket.internal.deflate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.handshake.DeflateOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageDeflaterTest {
    private static final byte[] HELLO = "Hello".getBytes(StandardCharsets.US_ASCII);

    /** More than DEFLATE data can refer back by, so that any distance shows. */
    private static final int WIDEST = 1 << 16;

    private static MessageDeflater deflater(boolean takeover, int windowBits) {
        return new MessageDeflater(Deflating.POOL, Deflating.parameters(takeover, windowBits));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void theExamplesOfTheRfcComeOut() throws IOException {
        MessageDeflater deflater = deflater(true, 0);
        assertEquals("f248cdc9c90700", hex(Deflating.deflate(deflater, HELLO)));
        assertEquals("f200110000", hex(Deflating.deflate(deflater, HELLO)));
    }

    @Test
    void withoutContextTakeoverEachMessageIsCompressedByItself() throws IOException {
        MessageDeflater deflater = deflater(false, 0);
        assertEquals("f248cdc9c90700", hex(Deflating.deflate(deflater, HELLO)));
        assertEquals("f248cdc9c90700", hex(Deflating.deflate(deflater, HELLO)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void emptyMessagesAreOneZeroByte(boolean takeover) throws IOException {
        MessageDeflater deflater = deflater(takeover, 0);
        for (int i = 0; i < 3; i++) {
            assertEquals("00", hex(Deflating.deflate(deflater, new byte[0])));
        }
        Deflating.deflate(deflater, HELLO);
        assertEquals("00", hex(Deflating.deflate(deflater, new byte[0])));
    }

    @ParameterizedTest
    @CsvSource({"8,true", "9,true", "10,true", "11,true", "12,true", "13,true", "14,true", "15,true", "0,true"})
    @CsvSource({"8,false", "9,false", "10,false", "11,false", "12,false", "13,false", "14,false", "15,false"})
    void noDistanceIsLongerThanTheWindow(int windowBits, boolean takeover) throws IOException {
        int window = 1 << (windowBits == 0 ? 15 : windowBits);
        for (int level : new int[] {1, 6, 9, DeflateOptions.HUFFMAN_ONLY}) {
            MessageDeflater deflater = deflater(takeover, windowBits);
            ReferenceInflater inflater = new ReferenceInflater(WIDEST, true);
            for (int i = 0; i < 40; i++) {
                byte[] message = Deflating.repetitive(i * i * 40, i);
                byte[] compressed = Deflating.deflate(deflater, level, message, 300 + i);
                assertArrayEquals(message, inflater.message(compressed));
                assertTrue(inflater.farthest() <= window, inflater.farthest() + " of " + window);
            }
            deflater.release();
            if (level > 0) {
                assertTrue(inflater.farthest() > window / 4, inflater.farthest() + " of " + window);
            }
        }
    }

    @Test
    void aSmallWindowIsKeptOverMessagesWhoseSumPassesIt() throws IOException {
        MessageDeflater deflater = deflater(true, 8);
        ReferenceInflater inflater = new ReferenceInflater(WIDEST, true);
        for (int i = 0; i < 2000; i++) {
            byte[] named = ("message number " + i % 50).getBytes(StandardCharsets.US_ASCII);
            byte[] message = i % 100 < 50
                    ? named
                    : Deflating.random(100 + i % 3 * 60, 1); // long ones do not fit behind the history
            assertArrayEquals(message, inflater.message(Deflating.deflate(deflater, message)));
        }
        assertTrue(inflater.farthest() <= 256, "" + inflater.farthest());
        assertTrue(inflater.farthest() > 200, "" + inflater.farthest());
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 33, 34, 35, 36, 37, 38, 39, 64, 100, 1000})
    void aBufferOfAnySizeMakesNoDifferenceToTheReceiver(int room) throws IOException {
        MessageDeflater deflater = deflater(true, 9);
        ReferenceInflater inflater = new ReferenceInflater(WIDEST, true);
        for (int length = 0; length < 700; length += 13) {
            for (byte[] message : new byte[][] {Deflating.random(length, 1), Deflating.repetitive(length, length)}) {
                byte[] compressed = Deflating.deflate(deflater, 6, message, room);
                assertArrayEquals(message, inflater.message(compressed));
            }
        }
    }

    @Test
    void whatWasFlushedCanBeInflatedBeforeTheMessageEnds() throws IOException {
        MessageDeflater deflater = deflater(true, 0);
        ByteBuffer out = ByteBuffer.allocate(1000);
        deflater.begin(6);
        assertTrue(deflater.write(ByteBuffer.wrap(HELLO), out));
        assertTrue(deflater.flush(out));
        byte[] flushed = new byte[out.flip().remaining()];
        out.get(flushed).clear();
        assertEquals("f248cdc9c907000000ffff", hex(flushed));

        assertTrue(deflater.flush(out));
        assertEquals(0, out.position(), "nothing new to flush");
        assertTrue(deflater.finish(out, 0));
        assertEquals(1, out.position());
        assertEquals(0, out.get(0));
    }

    @Test
    void aLevelHoldsFromTheNextMessageOn() throws IOException {
        byte[] message = Deflating.repetitive(20_000, 7);
        MessageDeflater alone = deflater(false, 0);
        byte[] atNine = Deflating.deflate(alone, 9, message, 1 << 16);
        byte[] huffmanOnly = Deflating.deflate(alone, DeflateOptions.HUFFMAN_ONLY, message, 1 << 16);
        assertTrue(huffmanOnly.length > atNine.length, huffmanOnly.length + " <= " + atNine.length);

        MessageDeflater changing = deflater(true, 8); // so small a window that history does not matter
        ReferenceInflater inflater = new ReferenceInflater(WIDEST, true);
        for (int level : new int[] {9, 1, DeflateOptions.HUFFMAN_ONLY, -1, 6, DeflateOptions.HUFFMAN_ONLY, 2}) {
            byte[] compressed = Deflating.deflate(changing, level, message, 1 << 16);
            assertArrayEquals(message, inflater.message(compressed));
        }
        assertArrayEquals(
                huffmanOnly,
                Deflating.deflate(alone, DeflateOptions.HUFFMAN_ONLY, message, 1 << 16),
                "the same level gives the same bytes");
        assertArrayEquals(atNine, Deflating.deflate(alone, 9, message, 1 << 16));
    }

    @ParameterizedTest
    @CsvSource({"1, 2048", "2, 8192", "6, 8192", "-1, 8192"})
    void aMessageCanReferToTheLastBytesSentAndToMoreOfThemAtHigherLevels(int level, int history) throws IOException {
        for (int more : new int[] {0, 100}) {
            MessageDeflater deflater = deflater(true, 0);
            ReferenceInflater inflater = new ReferenceInflater(WIDEST, true);
            byte[] needle = Deflating.random(200, 1);
            inflater.message(Deflating.deflate(deflater, level, new byte[100], 1 << 16)); // to begin a history
            inflater.message(Deflating.deflate(deflater, level, needle, 1 << 16));
            for (int left = history - 200 + more; left > 0; left -= 200) {
                inflater.message(
                        Deflating.deflate(deflater, level, Deflating.random(Math.min(200, left), left), 1 << 16));
            }
            byte[] compressed = Deflating.deflate(deflater, level, needle, 1 << 16);
            assertArrayEquals(needle, inflater.message(compressed));
            assertEquals(more == 0, compressed.length < 100, compressed.length + " bytes");
        }
    }

    /** Such as the state of something, which is sent again and again. */
    @ParameterizedTest
    @CsvSource({"1, 3000, true", "1, 16384, true", "6, 16384, true", "1, 16500, false", "6, 16500, false"})
    void aLargeMessageCanReferToAllOfTheOneBefore(int level, int length, boolean all) throws IOException {
        MessageDeflater deflater = deflater(true, 0);
        ReferenceInflater inflater = new ReferenceInflater(WIDEST, true);
        byte[] message = Deflating.random(length, 1);
        inflater.message(Deflating.deflate(deflater, level, message, 1 << 16));
        for (int i = 0; i < 3; i++) {
            byte[] again = Deflating.deflate(deflater, level, message, 1 << 16);
            assertArrayEquals(message, inflater.message(again));
            assertEquals(all, again.length < 200, again.length + " bytes");
        }
    }

    @Test
    void aMessageThatWasBegunAndNotWrittenHoldsNothing() throws IOException {
        DeflatePool pool = new DeflatePool(1);
        pool.join();
        MessageDeflater deflater = new MessageDeflater(pool, Deflating.parameters(true, 0));
        deflater.begin(1);
        assertEquals("f248cdc9c90700", hex(Deflating.deflate(deflater, HELLO)));
        assertEquals(0, pool.lent());
    }

    @Test
    void afterForgettingNothingRefersBack() throws IOException {
        MessageDeflater deflater = deflater(true, 0);
        Deflating.deflate(deflater, HELLO);
        deflater.forget();
        assertEquals("f248cdc9c90700", hex(Deflating.deflate(deflater, HELLO)));
    }

    @Test
    void aReleasedDeflaterFailsAndHoldsNothing() throws IOException {
        DeflatePool pool = new DeflatePool(1);
        pool.join();
        MessageDeflater deflater = new MessageDeflater(pool, Deflating.parameters(true, 0));
        Deflating.deflate(deflater, HELLO);
        assertEquals(0, pool.lent(), "between messages");
        deflater.begin(6);
        assertEquals(1, pool.lent());
        deflater.release();
        assertEquals(0, pool.lent());
        assertThrows(IOException.class, () -> deflater.write(ByteBuffer.wrap(HELLO), ByteBuffer.allocate(100)));
        assertThrows(IOException.class, () -> deflater.finish(ByteBuffer.allocate(100), 0));
        assertThrows(IOException.class, () -> deflater.begin(6));
        assertEquals(0, pool.lent());
    }
}
