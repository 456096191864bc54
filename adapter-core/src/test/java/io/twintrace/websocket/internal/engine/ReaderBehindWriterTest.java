package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.BINARY;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.PONG;
import static io.twintrace.websocket.fixture.Frames.concat;
import static io.twintrace.websocket.fixture.Frames.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TestPeer;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A reading thread never waits for a peer that does not read. */
class ReaderBehindWriterTest {
    private static final byte[] MUCH = Frames.pattern(4 << 20);

    private final TestPeer peer = TestPeer.connectTight(TestPeer.quick()
            .writeTimeout(Duration.ofSeconds(30))
            .closeTimeout(Duration.ofSeconds(30))
            .build());
    private final BlockingConnection connection = peer.connection();

    @AfterEach
    void close() throws Exception {
        peer.close();
    }

    /** The put-aside message of this thread already leaves, in one write with the other thread's message. */
    private Background<Void> writerStuckWithWhatTheReaderHasPutAside() throws Exception {
        peer.send(concat(text("x"), text("y")));
        connection.readMessage();
        connection.writeMessage("a");
        Background<Void> writing = Background.run("writer", () -> connection.writeMessage(MessageType.BINARY, MUCH))
                .awaitStuckInWrite();
        connection.readMessage();
        return writing;
    }

    private static long millisSince(long begin) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    }

    @Test
    void itsDeadlineComesOnTime() throws Exception {
        Background<Void> writing = writerStuckWithWhatTheReaderHasPutAside();
        connection.setReadDeadline(Instant.now().plusMillis(300));
        long begin = System.nanoTime();
        Background.start(connection::readMessage).failure(SocketTimeoutException.class);
        long took = millisSince(begin);
        assertTrue(took < 8_000, () -> "came after " + took + " ms");
        peer.expectHex("810161").expectFrame(FIN | BINARY, MUCH);
        writing.result();
    }

    @Test
    void itSeesThePeersClose() throws Exception {
        Background<Void> writing = writerStuckWithWhatTheReaderHasPutAside();
        peer.send(Frames.close(1000));
        long begin = System.nanoTime();
        assertNull(Background.start(connection::readMessage).result());
        long took = millisSince(begin);
        assertTrue(took < 8_000, () -> "came after " + took + " ms");
        peer.expectHex("810161").expectFrame(FIN | BINARY, MUCH).expectClose(1000);
        writing.result();
    }

    @Test
    void itTakesPingsWhichAreAnsweredBehindTheMessageInFlight() throws Exception {
        Background<Void> writing = writerStuckWithWhatTheReaderHasPutAside();
        peer.send(Frames.ping("p"), text("z"));
        long begin = System.nanoTime();
        assertEquals("z", Background.start(connection::readMessage).result().text());
        long took = millisSince(begin);
        assertTrue(took < 8_000, () -> "came after " + took + " ms");
        peer.expectHex("810161").expectFrame(FIN | BINARY, MUCH).expectFrame(FIN | PONG, Frames.utf8("p"));
        writing.result();
    }

    @Test
    void aPeerMayWriteMuchBeforeItReads() throws Exception {
        Background<Void> writing = writerStuckWithWhatTheReaderHasPutAside();
        Background<Message> reading = Background.start(() -> {
            Message last = null;
            for (int i = 0; i < 64; i++) {
                last = connection.readMessage();
            }
            return last;
        });
        byte[] message = Frames.binary(Frames.pattern(128 * 1024));
        long begin = System.nanoTime();
        for (int i = 0; i < 64; i++) {
            peer.send(message);
        }
        assertEquals(128 * 1024, reading.result().payload().length);
        long took = millisSince(begin);
        assertTrue(took < 8_000, () -> "took " + took + " ms");
        peer.expectHex("810161").expectFrame(FIN | BINARY, MUCH);
        writing.result();
    }
}
