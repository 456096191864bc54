package io.twintrace.websocket.internal.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.twintrace.websocket.fixture.LargeBuffers;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InputBuffersTest {
    private static final int LARGE = 256 * 1024;

    /** Large enough for one large buffer. */
    private static final long HEAP = 128L * LARGE;

    private final InputBuffers buffers = new InputBuffers(new BufferPool(5000, 4), HEAP);
    private final Deque<ByteBuffer> lent = new ArrayDeque<>();

    private int acquire(long expected) {
        lent.push(buffers.acquire(expected));
        return lent.peek().capacity();
    }

    @AfterEach
    void everyBufferGoesBackWhereItCameFrom() {
        while (!lent.isEmpty()) {
            buffers.release(lent.pop());
        }
        assertEquals(0, buffers.usual().lent());
        assertEquals(0, buffers.lentLarge());
    }

    @ParameterizedTest
    @CsvSource({"0, 5000", "5000, 5000", "5001, 262144", "9223372036854775807, 262144"})
    void onlyWhatDoesNotFitIntoAUsualBufferGetsALargeOne(long expected, int size) {
        LargeBuffers.awaitOne(buffers);
        assertEquals(size, acquire(expected));
    }

    @Test
    void withoutALargeBufferAUsualOneMustDo() {
        LargeBuffers.awaitOne(buffers);
        assertEquals(LARGE, acquire(LARGE));
        assertEquals(5000, acquire(LARGE));
        buffers.release(lent.removeLast());
        assertEquals(LARGE, acquire(LARGE));
    }

    @ParameterizedTest
    @ValueSource(ints = {LARGE, LARGE + 1, 4 * LARGE})
    void aUsualBufferThatIsAsLargeIsAlwaysUsed(int size) {
        InputBuffers all = new InputBuffers(new BufferPool(size, 1), HEAP);
        ByteBuffer buffer = all.acquire(Long.MAX_VALUE);
        assertEquals(size, buffer.capacity());
        assertEquals(1, all.usual().lent());
        all.release(buffer);
        assertEquals(0, all.usual().lent());
        assertEquals(0, all.lentLarge());
    }

    @ParameterizedTest
    @CsvSource({"1, 5000", "5000, 5000", "5001, 262144"})
    void aLargeBufferIsKeptOnlyForWhatNeedsIt(int bytes, int size) {
        LargeBuffers.awaitOne(buffers);
        ByteBuffer read =
                buffers.acquire(LARGE).put(new byte[bytes - 1]).put((byte) 7).flip();
        ByteBuffer kept = buffers.fit(read);
        lent.push(kept);
        assertEquals(size, kept.capacity());
        assertEquals(size == LARGE ? 1 : 0, buffers.lentLarge());
        assertEquals(bytes, kept.remaining());
        assertEquals(7, kept.get(bytes - 1));
    }

    @Test
    void aUsualBufferAlwaysFits() {
        assertEquals(5000, acquire(0));
        ByteBuffer read = lent.peek().put((byte) 1).flip();
        assertSame(read, buffers.fit(read));
    }
}
