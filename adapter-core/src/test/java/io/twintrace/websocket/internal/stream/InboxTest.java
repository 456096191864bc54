package io.twintrace.websocket.internal.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.internal.io.BufferPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InboxTest {
    private final BufferPool pool = BufferPool.onHeap(32 * 1024, 4);
    private final Inbox inbox = new Inbox(pool);

    @AfterEach
    void whatWasTakenOrDroppedIsBackInThePool() {
        inbox.clear();
        assertEquals(0, pool.lent());
    }

    @Test
    void bytesComeOutInTheirOrderHoweverTheyWentIn() throws Exception {
        put("ab");
        put("cdefg");
        assertEquals("abc", take(3));
        assertEquals("de", take(2));
        put("h");
        assertEquals("fgh", take(100));
        assertEquals("", take(100));
    }

    @Test
    void anEmptyOneHoldsNoBuffer() throws Exception {
        put("ab");
        put("y".repeat(32 * 1024 - 1));
        assertEquals(2, pool.lent());
        take(2);
        assertEquals(1, pool.lent());
        take(32 * 1024 - 1);
        assertEquals(0, pool.lent());
    }

    /** One byte in each segment is no reason to hold a buffer for each. */
    @Test
    void whatComesInSmallPiecesSharesABuffer() throws Exception {
        for (int i = 0; i < 1000; i++) {
            put("abc");
            assertEquals(1, pool.lent());
            assertEquals("a", take(1));
            put("d");
            assertEquals("bcd", take(3));
            put("ef");
            put("g");
            assertEquals(1, pool.lent());
            assertEquals("efg", take(100));
        }
    }

    @Test
    void theEndComesAfterTheRest() throws Exception {
        put("ab");
        inbox.end(null);
        put("too late");
        assertEquals("ab", take(100));
        assertEquals(-1, inbox.take(ByteBuffer.allocate(1)));
        assertEquals(-1, inbox.take(ByteBuffer.allocate(1)));
    }

    @Test
    void theErrorComesAfterTheRestAndTheFirstOneStays() throws Exception {
        IOException error = new IOException("reset");
        put("ab");
        inbox.end(error);
        inbox.end(null);
        assertEquals("ab", take(100));
        assertSame(error, assertThrows(IOException.class, () -> take(1)));
    }

    @Test
    void itIsFullAt32KiBNotWhenSomethingWasTakenAndHalfEmptyAt16() throws Exception {
        put("y".repeat(32 * 1024 - 1));
        assertFalse(inbox.isFull());
        put("x");
        assertTrue(inbox.isFull());
        take(1);
        assertFalse(inbox.isFull());
        assertFalse(inbox.isHalfEmpty());
        take(16 * 1024 - 2);
        assertFalse(inbox.isHalfEmpty());
        take(1);
        assertTrue(inbox.isHalfEmpty());
    }

    @Test
    void whatIsClearedIsGone() throws Exception {
        put("ab");
        inbox.clear();
        put("cd");
        assertEquals(-1, inbox.take(ByteBuffer.allocate(8)));
        assertFalse(inbox.isFull());
    }

    private void put(String text) {
        inbox.put(pool.acquire().put(text.getBytes(StandardCharsets.US_ASCII)).flip());
    }

    private String take(int most) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(most);
        int n = inbox.take(buffer);
        assertEquals(n, buffer.position());
        return StandardCharsets.US_ASCII.decode(buffer.flip()).toString();
    }
}
