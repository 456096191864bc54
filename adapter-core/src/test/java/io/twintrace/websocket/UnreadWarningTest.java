package io.twintrace.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The log tells of a handler that does not read, and of no other. */
class UnreadWarningTest {
    private static final Logger LOGGER = Logger.getLogger("io.twintrace.websocket"); // held, or it may be lost
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final TestPeer peer =
            TestPeer.connect(TestPeer.quick().unreadPatience(PATIENCE).build());
    private final WebSocketConnection connection = peer.connection();
    private final List<LogRecord> logged = new CopyOnWriteArrayList<>();

    private final Handler recorder = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            if (entry.getMessage().contains(connection.name())) {
                logged.add(entry);
            }
        }

        @Override
        public void flush() {
            // Nothing is kept back.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };

    @BeforeEach
    void listen() {
        LOGGER.addHandler(recorder);
    }

    @AfterEach
    void close() throws Exception {
        LOGGER.removeHandler(recorder);
        peer.close();
    }

    /** Writes over and over, for five times as long as the handler may leave its peer unheard. */
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
        LogRecord entry = logged.get(0);
        assertEquals(Level.WARNING, entry.getLevel());
        assertTrue(
                entry.getMessage()
                        .startsWith("the handler of connection " + connection.name()
                                + " writes but has not read for 100 ms: "),
                entry::getMessage);
    }

    @Test
    void soIsOneThatHasStoppedReading() throws Exception {
        peer.send(Frames.text("x"), Frames.text("y"));
        connection.readMessage();
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
