package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.PONG;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.ControlType;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TestPeer;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WriteDeadlineTest {
    private static final byte[] MUCH = Frames.pattern(4 << 20);

    private final TestPeer peer = TestPeer.connectTight(
            TestPeer.quick().writeTimeout(Duration.ofMillis(300)).build());
    private final BlockingConnection connection = peer.connection();

    @AfterEach
    void close() throws Exception {
        peer.close();
    }

    @Test
    void aPeerThatNeverReadsEndsAtTheWriteTimeoutForGood() throws Exception {
        IOException e =
                assertThrows(SocketTimeoutException.class, () -> connection.writeMessage(MessageType.BINARY, MUCH));
        assertFalse(connection.isOpen());
        IOException later = assertThrows(IOException.class, () -> connection.writeMessage("x"));
        assertSame(e, later.getCause());
        IOException control =
                assertThrows(IOException.class, () -> connection.writeControl(ControlType.PING, new byte[0], null));
        assertSame(e, control.getCause());
        peer.expectGone();
    }

    @Test
    void aReaderLearnsWhyTheTransportWasClosedUnderIt() throws Exception {
        Background<Message> reading = Background.start(connection::readMessage).awaitReading();
        IOException e =
                assertThrows(SocketTimeoutException.class, () -> connection.writeMessage(MessageType.BINARY, MUCH));
        IOException read = reading.failure(IOException.class);
        assertTrue(read.getCause() == e || (read.getSuppressed().length == 1 && read.getSuppressed()[0] == e));
    }

    @Test
    void aDeadlineOfTheApplicationTakesThePlaceOfTheTimeout() throws Exception {
        connection.setWriteDeadline(Instant.now().plusSeconds(30));
        Background<Void> writing = Background.run(() -> connection.writeMessage(MessageType.BINARY, MUCH))
                .awaitStuckInWrite();
        long begin = System.nanoTime();
        java.util.concurrent.locks.LockSupport.parkNanos(500_000_000);
        Background.eventually("the default timeout is over", () -> System.nanoTime() - begin > 500_000_000);
        assertFalse(writing.isDone());
        peer.expectFrame(FIN | Frames.BINARY, MUCH);
        writing.result();
    }

    @Test
    void aDeadlineCountsOverAllFragments() throws Exception {
        connection.setWriteDeadline(Instant.now().plusMillis(100));
        MessageWriter writer = connection.nextWriter(MessageType.BINARY);
        assertThrows(SocketTimeoutException.class, () -> {
            while (true) {
                writer.write(new byte[10_000]);
            }
        });
        assertThrows(IOException.class, writer::close);
    }

    @Test
    void aMessageAfterTheDeadlineFailsEvenThoughThePeerReads() throws Exception {
        connection.setWriteDeadline(Instant.now().minusMillis(1));
        assertThrows(SocketTimeoutException.class, () -> connection.writeMessage("late"));
        connection.setWriteDeadline(null);
        IOException e = assertThrows(IOException.class, () -> connection.writeMessage("x"));
        assertInstanceOf(SocketTimeoutException.class, e.getCause());
    }

    @Test
    void pongsAndCloseFramesDoNotHeedAnOldDeadlineOfMessages() throws Exception {
        connection.setWriteDeadline(Instant.now().plusMillis(1_000));
        connection.writeMessage("in time");
        peer.expectFrame(FIN | TEXT, Frames.utf8("in time"));
        long begin = System.nanoTime();
        Background.eventually("the deadline is over", () -> System.nanoTime() - begin > 1_100_000_000);
        peer.send(Frames.ping("p"), Frames.text("x"));
        assertEquals("x", connection.readMessage().text());
        connection.writeControl(ControlType.PING, new byte[0], null);
        peer.expectFrame(FIN | PONG, Frames.utf8("p")).expectHex("89 00");
        Background<Void> closing = Background.run(connection::close);
        peer.expectClose(1000).send(Frames.close(1000)).expectEof();
        peer.sendEof();
        closing.result();
    }

    @Test
    void aWriteThatIsAbortedFails() throws Exception {
        Background<Void> writing = Background.run(() -> connection.writeMessage(MessageType.BINARY, MUCH))
                .awaitStuckInWrite();
        connection.abort();
        writing.failure(IOException.class);
        peer.expectGone();
    }

    @Test
    void aWriterThatIsInterruptedFails() throws Exception {
        Background<Void> writing = Background.run(() -> connection.writeMessage(MessageType.BINARY, MUCH))
                .awaitStuckInWrite();
        writing.thread().interrupt();
        writing.failure(java.io.InterruptedIOException.class);
        peer.expectGone();
    }
}
