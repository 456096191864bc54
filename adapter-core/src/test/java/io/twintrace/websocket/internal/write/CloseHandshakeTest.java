package io.twintrace.websocket.internal.write;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.write.CloseHandshake.State;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CloseHandshakeTest {
    private static final CloseStatus NORMAL = new CloseStatus(1000, "");
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final CloseHandshake closing = new CloseHandshake(MINUTE);

    @Test
    void thisSideMayCloseFirst() {
        assertEquals(State.OPEN, closing.state());
        assertTrue(closing.request(NORMAL.payload()));
        closing.writingEnded();
        assertEquals(State.CLOSE_SENT, closing.state());
        closing.received(NORMAL);
        assertEquals(State.CLOSED, closing.state());
        assertTrue(closing.isReceivedAsAnswer());
    }

    @Test
    void thePeerMayCloseFirst() {
        closing.received(NORMAL);
        assertEquals(State.CLOSE_RECEIVED, closing.state());
        assertTrue(closing.request(NORMAL.payload()));
        assertEquals(State.CLOSE_RECEIVED, closing.state());
        closing.writingEnded();
        assertEquals(State.CLOSED, closing.state());
        assertFalse(closing.isReceivedAsAnswer());
    }

    @Test
    void readingThatEndsWithoutThePeersCloseHasFailed() {
        closing.request(NORMAL.payload());
        closing.readingEnded();
        assertEquals(State.FAILED, closing.state());
    }

    @Test
    void soHasWritingThatEndsWithoutACloseOfItsOwn() {
        closing.writingEnded();
        assertEquals(State.FAILED, closing.state());
    }

    @Test
    void theFirstDecisionHolds() {
        byte[] first = new CloseStatus(4000, "first").payload();
        assertTrue(closing.request(first));
        assertFalse(closing.request(NORMAL.payload()));
        assertArrayEquals(first, closing.requested());
    }

    @Test
    void aCloseThatIsHeldIsDecidedButNotSent() {
        assertTrue(closing.hold(NORMAL.payload()));
        assertTrue(closing.isDecided());
        assertNull(closing.requested());
        closing.release();
        assertArrayEquals(NORMAL.payload(), closing.requested());
    }

    @Test
    void theTimeToCloseBeginsWithTheDecision() {
        assertEquals(Deadlines.NONE, closing.deadline());
        closing.request(NORMAL.payload());
        long left = Deadlines.remaining(closing.deadline());
        assertTrue(left > 0 && left <= MINUTE, () -> left + " ns left");
    }
}
