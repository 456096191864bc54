package io.twintrace.websocket.internal.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessagePoolTest {
    private static final int MIB = 1024 * 1024;

    private final MessagePool pool = new MessagePool(1L << 30);

    @ParameterizedTest
    @CsvSource({"0, 4096", "1, 4096", "4096, 4096", "4097, 16384", "65536, 65536", "65537, 262144", "1048576, 1048576"})
    void whoAsksGetsTheSmallestBufferThatIsLargeEnough(int least, int size) {
        ByteBuffer buffer = pool.acquire(least);
        assertTrue(buffer.isDirect());
        assertEquals(size, buffer.capacity());
        assertEquals(size, buffer.remaining());
    }

    @Test
    void aBufferThatCameBackIsLentAgainEmpty() {
        ByteBuffer buffer = pool.acquire(5000);
        assertEquals(1, pool.lent());
        buffer.putInt(1).limit(8);
        pool.release(buffer);
        assertEquals(0, pool.lent());
        ByteBuffer again = pool.acquire(16_000);
        assertSame(buffer, again);
        assertEquals(0, again.position());
        assertEquals(16_384, again.limit());
    }

    @Test
    void theOneUsedLastIsLentFirst() {
        ByteBuffer one = pool.acquire(1);
        ByteBuffer last = pool.acquire(1);
        assertNotSame(one, last);
        pool.release(one);
        pool.release(last);
        assertSame(last, pool.acquire(1));
        assertSame(one, pool.acquire(1));
    }

    @Test
    void thereIsNothingForMoreThanAMebibyte() {
        assertNull(pool.acquire(MIB + 1));
        assertNull(pool.acquire(Integer.MAX_VALUE));
        assertEquals(0, pool.lent());
    }

    @ParameterizedTest
    @ValueSource(ints = {64 * 1024, MIB})
    void atMostA128thOfTheHeapIsLentInOneSizeAtATime(int size) {
        List<ByteBuffer> lent = new ArrayList<>();
        for (ByteBuffer next; (next = pool.acquire(size)) != null; ) {
            lent.add(next);
        }
        assertEquals(8 * MIB, lent.size() * size);
        assertEquals(lent.size(), pool.lent());
        assertNotNull(pool.acquire(4096), "of other sizes there are still some");
        ByteBuffer back = lent.get(3);
        pool.release(back);
        assertSame(back, pool.acquire(size));
        assertNull(pool.acquire(size));
    }

    @Test
    void aSmallHeapHasNoneOfTheLargestSize() {
        MessagePool small = new MessagePool(64 * MIB);
        assertNull(small.acquire(MIB));
        assertNotNull(small.acquire(256 * 1024));
        assertNotNull(small.acquire(256 * 1024));
        assertNull(small.acquire(256 * 1024));
    }

    @Test
    void aLargeHeapHas32MebibytesOfEachSize() {
        MessagePool large = new MessagePool(1L << 40);
        for (int i = 0; i < 32; i++) {
            assertNotNull(large.acquire(MIB));
        }
        assertNull(large.acquire(MIB));
    }
}
