package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.CloseSentException;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TestPeer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The log warns of a handler that does not read, and of no other. */
class UnreadWarningTest {
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final TestPeer peer =
            TestPeer.connect(TestPeer.quick().unreadThreshold(PATIENCE).build());
    private final BlockingConnection connection = peer.connection();
    private final List<String> logged = peer.warnings();

    @AfterEach
    void close() throws Exception {
        peer.close();
    }

    /** Writes over and over, for five times as long as the handler may leave input unread. */
    private void pushForLong() throws Exception {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < 5 * PATIENCE.toNanos()) {
            connection.writeMessage("tick");
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Test
    void aHandlerThatOnlyWritesIsToldOfOnce() throws Exception {
        pushForLong();
        pushForLong();
        assertEquals(1, logged.size(), () -> logged.toString());
        String start = "the handler of connection " + connection.name() + " writes but has not read for 100 ms: ";
        assertTrue(logged.get(0).startsWith(start), logged.get(0));
    }

    @Test
    void soIsOneThatHasStoppedReading() throws Exception {
        peer.send(Frames.text("x"), Frames.text("y"));
        connection.readMessage();
        pushForLong();
        pushForLong();
        assertEquals(1, logged.size(), () -> logged.toString());
    }

    @Test
    void aThreadThatWaitsForInputIsEnough() throws Exception {
        Background<Message> reading = Background.start(connection::readMessage).awaitReading();
        pushForLong();
        assertEquals(List.of(), logged);
        peer.send(Frames.text("x"));
        reading.result();
    }

    @Test
    void soIsReadingNowAndThen() throws Exception {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < 5 * PATIENCE.toNanos()) {
            peer.send(Frames.text(""));
            connection.readMessage();
            connection.writeMessage("tick");
            LockSupport.parkNanos(5_000_000);
        }
        assertEquals(List.of(), logged);
    }

    @Test
    void afterThePeersCloseNobodyNeedsToRead() throws Exception {
        peer.send(Frames.masked(Frames.FIN | Frames.CLOSE, new byte[0]));
        connection.readMessage();
        LockSupport.parkNanos(2 * PATIENCE.toNanos());
        assertThrows(CloseSentException.class, () -> connection.writeMessage("tick"));
        assertEquals(List.of(), logged);
    }
}
