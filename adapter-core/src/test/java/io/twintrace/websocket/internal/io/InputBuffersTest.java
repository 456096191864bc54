package io.twintrace.websocket.internal.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InputBuffersTest {
    private static final int LARGE = 256 * 1024;

    /** Has one large buffer. */
    private final MessagePool large = new MessagePool(128L * LARGE);

    private final BufferPool usual = new BufferPool(5000, 4);
    private final InputBuffers buffers = new InputBuffers(usual, large);
    private final Deque<ByteBuffer> lent = new ArrayDeque<>();

    private int acquire(InputBuffers from, long expected) {
        lent.push(from.acquire(expected));
        return lent.peek().capacity();
    }

    @AfterEach
    void everyBufferGoesBackWhereItCameFrom() {
        while (!lent.isEmpty()) {
            buffers.release(lent.pop());
        }
        assertEquals(0, usual.lent());
        assertEquals(0, large.lent());
    }

    @ParameterizedTest
    @CsvSource({"0, 5000", "5000, 5000", "5001, 262144", "9223372036854775807, 262144"})
    void onlyWhatDoesNotFitIntoAUsualBufferGetsALargeOne(long expected, int size) {
        assertEquals(size, acquire(buffers, expected));
    }

    @Test
    void withoutALargeBufferAUsualOneMustDo() {
        assertEquals(LARGE, acquire(buffers, LARGE));
        assertEquals(5000, acquire(buffers, LARGE));
        buffers.release(lent.removeLast());
        assertEquals(LARGE, acquire(buffers, LARGE));
    }

    @ParameterizedTest
    @CsvSource({"262144", "262145", "1048576"})
    void aUsualBufferThatIsAsLargeIsAlwaysUsed(int size) {
        InputBuffers all = new InputBuffers(new BufferPool(size, 1), large);
        assertEquals(size, acquire(all, Long.MAX_VALUE));
        assertEquals(1, all.usual().lent());
        all.release(lent.pop());
        assertEquals(0, all.usual().lent());
        assertEquals(0, large.lent());
    }
}
