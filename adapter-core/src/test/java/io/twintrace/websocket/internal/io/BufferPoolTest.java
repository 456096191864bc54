package io.twintrace.websocket.internal.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
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
    void buffersOnTheHeapHaveAnArrayEach() {
        BufferPool onHeap = BufferPool.onHeap(64, 1);
        ByteBuffer buffer = onHeap.acquire();
        assertTrue(buffer.hasArray());
        assertEquals(64, buffer.remaining());
        onHeap.release(buffer);
        assertSame(buffer, onHeap.acquire());
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
        assertSame(two, pool.acquire());
        assertNotSame(one, pool.acquire());
    }

    @Test
    void aDiscardedBufferIsNeverLentAgain() {
        ByteBuffer buffer = pool.acquire();
        pool.discard();
        assertEquals(0, pool.lent());
        assertNotSame(buffer, pool.acquire());
    }

    @Test
    void theOneUsedLastIsLentFirst() {
        BufferPool three = new BufferPool(64, 3);
        ByteBuffer one = three.acquire();
        ByteBuffer two = three.acquire();
        ByteBuffer last = three.acquire();
        three.release(one);
        three.release(two);
        three.release(last);
        assertSame(last, three.acquire());
        assertSame(two, three.acquire());
        three.release(last);
        assertSame(last, three.acquire());
        assertSame(one, three.acquire());
        assertEquals(3, three.lent());
    }

    /** Each thread marks the buffer that it gets, and finds its mark when it gives the buffer back. */
    @Test
    void noBufferIsLentToTwoAtOnceHoweverManyComeForOne() throws Exception {
        BufferPool shared = new BufferPool(8, 3);
        List<FutureTask<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int id = i;
            FutureTask<Void> task = new FutureTask<>(() -> {
                for (int n = 0; n < 50_000; n++) {
                    ByteBuffer mine = shared.acquire();
                    assertEquals(8, mine.remaining());
                    mine.putInt(0, id).putInt(4, n);
                    assertEquals(id, mine.getInt(0));
                    assertEquals(n, mine.getInt(4));
                    shared.release(mine.limit(4));
                }
                return null;
            });
            tasks.add(task);
            Thread thread = new Thread(task, "borrower");
            thread.setDaemon(true);
            thread.start();
        }
        for (FutureTask<Void> task : tasks) {
            task.get(20, TimeUnit.SECONDS);
        }
        assertEquals(0, shared.lent());
    }
}
