package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.CONTINUATION;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.PING;
import static io.twintrace.websocket.fixture.Frames.PONG;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.ControlHandler;
import io.twintrace.websocket.ControlType;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TestPeer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ControlHandlerTest {
    private final TestPeer peer = TestPeer.connect();
    private final BlockingConnection connection = peer.connection();

    @AfterEach
    void close() throws Exception {
        peer.close();
    }

    @Test
    void aPingIsAnsweredWithItsPayload() throws Exception {
        byte[] payload = Frames.pattern(125);
        peer.sendHex("89 80 00 00 00 00").send(Frames.masked(FIN | PING, payload), Frames.text("x"));
        assertEquals("x", connection.readMessage().text());
        peer.expectHex("8a 00").expectFrame(FIN | PONG, payload);
    }

    @Test
    void aPingHandlerTakesThePlaceOfTheAnswerOnTheReadingThread() throws Exception {
        Thread reader = Thread.currentThread();
        List<String> seen = new ArrayList<>();
        connection.setPingHandler(payload -> {
            assertSame(reader, Thread.currentThread());
            seen.add(new String(payload, java.nio.charset.StandardCharsets.UTF_8));
        });
        peer.send(Frames.ping("1"), Frames.ping("2"), Frames.text("x"));
        connection.readMessage();
        assertEquals(List.of("1", "2"), seen);
        connection.setPingHandler(null);
        peer.send(Frames.ping("3"), Frames.text("x"));
        connection.readMessage();
        peer.expectFrame(FIN | PONG, Frames.utf8("3"));
    }

    @Test
    void aPongHandlerIsTold() throws Exception {
        List<byte[]> seen = new ArrayList<>();
        connection.setPongHandler(seen::add);
        peer.send(Frames.masked(FIN | PONG, Frames.pattern(3)), Frames.text("x"));
        connection.readMessage();
        connection.setPongHandler(null);
        peer.send(Frames.masked(FIN | PONG, Frames.pattern(4)), Frames.text("x"));
        connection.readMessage();
        assertEquals(1, seen.size());
        assertArrayEquals(Frames.pattern(3), seen.get(0));
    }

    @Test
    void handlersMayWrite() throws Exception {
        connection.setPingHandler(payload -> {
            connection.writeMessage("pinged");
            connection.writeControl(ControlType.PONG, payload, null);
        });
        peer.send(Frames.ping("p"), Frames.text("x"));
        connection.readMessage();
        peer.expectFrame(FIN | TEXT, Frames.utf8("pinged")).expectFrame(FIN | PONG, Frames.utf8("p"));
    }

    @Test
    void aCloseHandlerIsToldBeforeTheEcho() throws Exception {
        List<CloseStatus> seen = new ArrayList<>();
        connection.setCloseHandler(status -> {
            seen.add(status);
            connection.writeMessage("bye");
        });
        peer.send(Frames.masked(FIN | Frames.CLOSE, Frames.closePayload(1001, "leaving")));
        assertNull(connection.readMessage());
        assertEquals(List.of(new CloseStatus(1001, "leaving")), seen);
        peer.expectFrame(FIN | TEXT, Frames.utf8("bye")).expectClose(1001).expectEof();
    }

    @Test
    void aCloseHandlerMayAnswerInItsOwnWay() throws Exception {
        connection.setCloseHandler(
                status -> connection.writeControl(ControlType.CLOSE, new CloseStatus(4000, "mine").payload(), null));
        peer.send(Frames.close(1000));
        assertNull(connection.readMessage());
        peer.expectClose(4000, "mine").expectEof();
    }

    @Test
    void aCloseHandlerMayCloseTheConnection() throws Exception {
        connection.setCloseHandler(status -> connection.close());
        peer.send(Frames.close(1001));
        Background<Message> reading = Background.start(connection::readMessage);
        peer.expectClose(1000).expectEof();
        peer.sendEof();
        assertNull(reading.result());
        assertNull(connection.readMessage());
    }

    @Test
    void aPingHandlerMayCloseTheConnectionInsideAMessage() throws Exception {
        connection.setPingHandler(payload -> connection.close());
        peer.send(Frames.masked(TEXT, Frames.utf8("a")), Frames.ping(""));
        Background<Message> reading = Background.start(connection::readMessage);
        peer.expectClose(1000).sendEof();
        reading.failure(IOException.class);
    }

    @Test
    void anIoExceptionOfAHandlerEndsReading() throws Exception {
        IOException mine = new IOException("mine");
        connection.setPingHandler(payload -> {
            throw mine;
        });
        peer.send(Frames.ping(""), Frames.text("x"));
        assertSame(mine, assertThrows(IOException.class, connection::readMessage));
        assertSame(mine, assertThrows(IOException.class, connection::readMessage));
    }

    @Test
    void anUncheckedExceptionOfAHandlerDropsTheMessageItBrokeInto() throws Exception {
        connection.setPingHandler(payload -> {
            throw new IllegalArgumentException("mine");
        });
        peer.send(
                Frames.masked(TEXT, Frames.utf8("a")),
                Frames.ping(""),
                Frames.masked(FIN | CONTINUATION, Frames.utf8("b")),
                Frames.text("next"));
        assertThrows(IllegalArgumentException.class, connection::readMessage);
        assertEquals("next", connection.readMessage().text());
    }

    @Test
    void aCloseHandlerThatFailsDoesNotHideTheClose() throws Exception {
        connection.setCloseHandler(status -> {
            throw new IllegalArgumentException("mine");
        });
        peer.send(Frames.close(1000));
        assertThrows(IllegalArgumentException.class, connection::readMessage);
        peer.expectClose(1000).expectEof();
        assertNull(connection.readMessage());
    }

    @Test
    void aHandlerThatReadsIsToldNotTo() throws Exception {
        connection.setPingHandler(payload -> connection.readMessage());
        peer.send(
                Frames.masked(TEXT, Frames.utf8("a")),
                Frames.ping(""),
                Frames.masked(FIN | CONTINUATION, Frames.utf8("b")),
                Frames.text("next"));
        assertThrows(IllegalStateException.class, connection::readMessage);
        assertEquals("next", connection.readMessage().text());
    }

    /** They are called in reads, and this drops what arrives. */
    @Test
    void noHandlerOfPingsIsCalledWhileCloseWaits() throws Exception {
        ControlHandler failing = payload -> {
            throw new IllegalArgumentException("mine");
        };
        connection.setPingHandler(failing);
        connection.setPongHandler(failing);
        Background<Void> closing = Background.run(connection::close);
        peer.expectClose(1000);
        peer.send(Frames.ping("p"), Frames.masked(FIN | PONG, Frames.utf8("q")), Frames.close(1000));
        peer.expectEof().sendEof();
        closing.result();
        assertEquals(1000, connection.peerCloseStatus().orElseThrow().code());
    }

    @Test
    void aCloseHandlerThatFailsDoesNotFailClose() throws Exception {
        connection.setCloseHandler(status -> {
            throw new IllegalArgumentException("mine");
        });
        assertEquals(List.of("a close handler has failed: mine"), errorsOfClose());
    }

    @Test
    void aCloseHandlerMayTryToSayFarewellAfterClose() throws Exception {
        connection.setCloseHandler(status -> connection.writeMessage("farewell"));
        assertEquals(List.of(), errorsOfClose());
    }

    /** Closes in order, and returns what is logged as an error meanwhile. */
    private List<String> errorsOfClose() throws Exception {
        List<String> logged = new CopyOnWriteArrayList<>();
        Handler handler = new LoggedErrors(logged);
        Logger logger = Logger.getLogger("io.twintrace.websocket");
        logger.addHandler(handler);
        try {
            Background<Void> closing = Background.run(connection::close);
            peer.expectClose(1000).send(Frames.close(1000)).expectEof().sendEof();
            closing.result();
        } finally {
            logger.removeHandler(handler);
        }
        return logged;
    }

    private static final class LoggedErrors extends Handler {
        private final List<String> logged;

        private LoggedErrors(List<String> logged) {
            this.logged = logged;
        }

        @Override
        public void publish(LogRecord entry) {
            logged.add(entry.getMessage() + ": " + entry.getThrown().getMessage());
        }

        @Override
        public void flush() {
            // Nothing is held back.
        }

        @Override
        public void close() {
            // Nothing to release.
        }
    }
}
