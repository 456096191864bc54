package io.twintrace.websocket.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class BufferPoolTest {
    private final BufferPool pool = new BufferPool(64, 1);

    @Test
    void aBufferThatCameBackIsLentAgainEmpty() {
        ByteBuffer buffer = pool.acquire();
        assertTrue(buffer.isDirect());
        assertEquals(64, buffer.remaining());
        buffer.putInt(1).limit(8);
        pool.release(buffer);
        ByteBuffer again = pool.acquire();
        assertSame(buffer, again);
        assertEquals(0, again.position());
        assertEquals(64, again.limit());
    }

    @Test
    void theBalanceCountsWhatIsOut() {
        ByteBuffer one = pool.acquire();
        ByteBuffer two = pool.acquire();
        assertNotSame(one, two);
        assertEquals(2, pool.lent());
        pool.release(one);
        pool.release(two);
        assertEquals(0, pool.lent());
        assertEquals(64, pool.bufferSize());
    }

    @Test
    void noMoreThanTheAgreedNumberRests() {
        ByteBuffer one = pool.acquire();
        ByteBuffer two = pool.acquire();
        pool.release(one);
        pool.release(two);
        assertSame(one, pool.acquire());
        assertNotSame(two, pool.acquire());
    }

    @Test
    void aDiscardedBufferIsNeverLentAgain() {
        ByteBuffer buffer = pool.acquire();
        pool.discard();
        assertEquals(0, pool.lent());
        assertNotSame(buffer, pool.acquire());
    }
}
