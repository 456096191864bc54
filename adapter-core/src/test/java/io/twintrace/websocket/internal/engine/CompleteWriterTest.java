package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.ConcurrentWriteException.WriterTrace;
import io.twintrace.websocket.detect.ConcurrentWriteReport;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.ListeningPeer;
import io.twintrace.websocket.fixture.RecordingListener;
import io.twintrace.websocket.fixture.TestPeer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Closing a MessageWriter whose message is complete does nothing, whatever other threads do. */
class CompleteWriterTest {
    /** More than a tight connection can buffer. */
    private static final byte[] MUCH = Frames.pattern(4 << 20);

    private static MessageWriter complete(WebSocketConnection connection, String text) throws IOException {
        MessageWriter writer = connection.nextWriter(MessageType.TEXT);
        writer.write(text);
        writer.close();
        return writer;
    }

    @Test
    @SuppressWarnings("try") // closed twice on purpose
    void anOfferMayComeBeforeTryClosesTheWriterOnceMore() throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            try (MessageWriter writer = peer.connection().nextWriter(MessageType.TEXT)) {
                writer.write("a");
                writer.close();
                assertTrue(peer.connection().outbox().offer("b"));
            }
            peer.expectHex("81 01 61 81 01 62");
            assertEquals(List.of(), peer.logged());
        }
    }

    @Test
    void anOfferMayComeBeforeTryClosesTheWriterOnceMoreInAListener() {
        RecordingListener listener = new RecordingListener() {
            @Override
            @SuppressWarnings("try") // closed twice on purpose
            public void onText(WebSocketConnection connection, String text) throws Exception {
                try (MessageWriter writer = connection.nextWriter(MessageType.TEXT)) {
                    writer.write("a");
                    writer.close();
                    assertTrue(connection.outbox().offer("b"));
                }
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.send(Frames.text("go"));
            assertArrayEquals(Frames.hex("81 01 61 81 01 62"), peer.received());
            assertEquals(List.of(), peer.conflicts());
            assertEquals(List.of(), peer.errors());
        }
    }

    @Test
    void anotherThreadMayBeInsideAWrite() throws Exception {
        try (TestPeer peer = TestPeer.connectTight(TestPeer.quick().build())) {
            MessageWriter old = complete(peer.connection(), "old");
            Background<Void> writing = Background.run(() -> peer.connection().writeMessage(MessageType.BINARY, MUCH))
                    .awaitStuckInWrite();
            old.close();
            peer.expectFrame(Frames.FIN | Frames.TEXT, Frames.utf8("old"))
                    .expectFrame(Frames.FIN | Frames.BINARY, MUCH);
            writing.result();
            assertEquals(List.of(), peer.logged());
        }
    }

    @Test
    void itLeavesTheStackOfWhoHoldsAMessageOpenAtLevelTraced() throws Exception {
        WebSocketOptions traced =
                TestPeer.quick().detectorLevel(DetectorLevel.TRACED).build();
        try (TestPeer peer = TestPeer.connect(traced)) {
            MessageWriter old = complete(peer.connection(), "old");
            Background.run("holder", () -> holdOneOpen(peer.connection())).result();
            Background.run("third", old::close).result();
            ConcurrentWriteReport report = assertThrows(
                            ConcurrentWriteException.class,
                            () -> peer.connection().writeMessage("x"))
                    .report();
            assertTrue(report.first().thread().startsWith("\"holder\""), report::render);
            assertTrue(
                    report.first().stack().stream()
                            .anyMatch(frame -> frame.getMethodName().equals("holdOneOpen")),
                    report::render);
        }
    }

    private static void holdOneOpen(WebSocketConnection connection) throws IOException {
        connection.nextWriter(MessageType.TEXT).write("half");
    }

    @Test
    void afterAConflictItTakesNobodysException() throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            MessageWriter old = complete(peer.connection(), "old");
            MessageWriter open = peer.connection().nextWriter(MessageType.TEXT);
            Background.run("second", () -> peer.connection().writeMessage("x")).failure(ConcurrentWriteException.class);
            Background.run("third", old::close).result();
            ConcurrentWriteException holders = assertThrows(ConcurrentWriteException.class, () -> open.write("more"));
            assertInstanceOf(WriterTrace.class, holders.getCause(), "the second writer's stack, and no later one's");
        }
    }

    @Test
    void oneThatWasCompletedByTheNextMessageIsCompleteToo() throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            MessageWriter old = peer.connection().nextWriter(MessageType.TEXT);
            peer.connection().writeMessage("next");
            assertTrue(peer.connection().outbox().offer("offered"));
            old.close();
            peer.expectHex("81 00 81 04 6e657874 81 07 6f666665726564");
            assertEquals(List.of(), peer.logged());
        }
    }

    /** The message can never be complete. Closing it again does not take a turn either. */
    @Test
    void oneWhoseMessageWasGivenUpIsInNobodysWay() throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            MessageWriter given = peer.connection().nextWriter(MessageType.TEXT);
            given.write(new byte[] {(byte) 0xc3});
            assertThrows(IllegalArgumentException.class, given::close);
            assertTrue(peer.connection().outbox().offer("offered"));
            given.close();
            peer.expectHex("81 07 6f666665726564");
            assertEquals(List.of(), peer.logged());
        }
    }
}
