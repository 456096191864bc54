package io.twintrace.websocket.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** One reply has a bound, however many rooms are open. */
class ReadSizeTest {
    private final ReadSize size = new ReadSize();

    private void allAreFull(int rooms) {
        int each = size.next(rooms);
        size.read(rooms, each, each * rooms);
    }

    @Test
    void manyFullRoomsShareOneReply() {
        assertEquals(128, size.next(1));
        for (int i = 0; i < 10; i++) {
            allAreFull(100);
        }
        assertTrue(size.next(100) * 100 <= 1024);
    }

    @Test
    void oneBusyRoomAmongManyIsReadFaster() {
        for (int i = 0; i < 10; i++) {
            size.read(5000, size.next(5000), size.next(5000));
        }
        assertEquals(128, size.next(5000));
        size.read(5000, 3, 3);
        assertEquals(1, size.next(5000));
    }

    @Test
    void aReplyThatIsTooLargeIsHalved() {
        assertEquals(128, size.next(1));
        size.tooLarge();
        assertEquals(64, size.next(1));
        size.tooLarge();
        assertEquals(32, size.next(1));
        for (int i = 0; i < 10; i++) {
            size.tooLarge();
        }
        assertEquals(1, size.next(1));
        for (int i = 0; i < 2000; i++) {
            allAreFull(1);
        }
        assertEquals(128, size.next(1));
    }
}
