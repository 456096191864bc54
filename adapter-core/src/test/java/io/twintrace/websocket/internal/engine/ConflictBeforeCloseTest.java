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
import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.ConcurrentWrites;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.ListeningPeer;
import io.twintrace.websocket.fixture.RecordingListener;
import io.twintrace.websocket.fixture.TestPeer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The log and all listeners learn of a conflict before the peer, and the peer's Close names the conflict. */
class ConflictBeforeCloseTest {
    private static final byte[] CLOSE = Frames.plain(0x88, Frames.closePayload(1011, "concurrent write"));

    /** The message of the first writer, which stays inside the write until it is released. */
    private static final class SlowPiece extends InputStream {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch mayEnd = new CountDownLatch(1);

        @Override
        public int read() throws IOException {
            begun.countDown();
            await(mayEnd);
            return -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return read();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(Background.PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void writeSlowly(WebSocketConnection connection, SlowPiece piece) throws IOException {
        try (MessageWriter writer = connection.nextWriter(MessageType.BINARY)) {
            writer.transferFrom(piece);
        }
    }

    /** Listeners for one connection, for all that share the options, and for all of this library. */
    private static void listenEverywhere(
            WebSocketConnection connection, ConcurrentWriteListener listener, Background.ThrowingRunnable action)
            throws Exception {
        connection.setConcurrentWriteListener(listener);
        ConcurrentWrites.addListener(listener);
        try {
            action.run();
        } finally {
            ConcurrentWrites.removeListener(listener);
        }
    }

    @Test
    void allListenersKnowBeforeThePeerDoes() throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            List<Integer> received = new ArrayList<>();
            ConcurrentWriteListener listener = report -> {
                try {
                    received.add(peer.socket().getInputStream().available());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            };
            listenEverywhere(peer.connection(), listener, () -> {
                assertTrue(peer.connection().nextWriter(MessageType.TEXT).type() == MessageType.TEXT);
                Background.run(() -> peer.connection().writeMessage("x")).failure(ConcurrentWriteException.class);
            });
            assertEquals(List.of(0, 0), received, "bytes that had reached the client");
            peer.expectClose(1011, "concurrent write");
        }
    }

    @Test
    void allListenersKnowBeforeThePeerOfAListenerDoes() throws Exception {
        RecordingListener opening = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) throws Exception {
                connection.nextWriter(MessageType.TEXT).write(text);
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(opening)) {
            List<Integer> received = new ArrayList<>();
            peer.send(Frames.text("a"));
            listenEverywhere(
                    peer.connection(),
                    report -> received.add(peer.received().length),
                    () -> Background.run(() -> peer.connection().writeMessage("x"))
                            .failure(ConcurrentWriteException.class));
            assertEquals(List.of(0, 0), received, "bytes that had reached the client");
            assertArrayEquals(CLOSE, peer.received());
        }
    }

    /** The first writer gets its exception and closes while the second one still informs the listeners. */
    @Test
    void aFirstWriterThatClosesAtOnceClosesWithTheConflict() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        WebSocketOptions options = TestPeer.quick()
                .concurrentWriteListener(report -> await(closed))
                .build();
        try (TestPeer peer = TestPeer.connect(options)) {
            SlowPiece piece = new SlowPiece();
            Background<Void> first = Background.run(() -> {
                assertThrows(ConcurrentWriteException.class, () -> writeSlowly(peer.connection(), piece));
                peer.connection().beginClose(1000, "bye");
                closed.countDown();
            });
            await(piece.begun);
            Background<Void> second = Background.run(() -> peer.connection().writeMessage("x"));
            Background.eventually("a conflict", () -> !peer.connection().isOpen());
            piece.mayEnd.countDown();
            first.result();
            second.failure(ConcurrentWriteException.class);
            peer.expectClose(1011, "concurrent write");
        }
    }

    @Test
    void aListenerThatLetsTheExceptionGoClosesWithTheConflict() throws Exception {
        CountDownLatch toldOfTheError = new CountDownLatch(1);
        SlowPiece piece = new SlowPiece();
        RecordingListener slow = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) throws Exception {
                writeSlowly(connection, piece);
            }

            @Override
            public void onError(WebSocketConnection connection, Throwable error) {
                assertInstanceOf(ConcurrentWriteException.class, error);
                toldOfTheError.countDown();
            }
        };
        WebSocketOptions options = TestPeer.quick()
                .concurrentWriteListener(report -> await(toldOfTheError))
                .build();
        try (ListeningPeer peer = ListeningPeer.connect(slow, options)) {
            Background<Void> call = Background.run(() -> peer.send(Frames.text("go")));
            await(piece.begun);
            Background<Void> second = Background.run(() -> peer.connection().writeMessage("x"));
            Background.eventually("a conflict", () -> !peer.connection().isOpen());
            piece.mayEnd.countDown();
            call.result();
            second.failure(ConcurrentWriteException.class);
            assertArrayEquals(CLOSE, peer.received());
        }
    }

    @Test
    void aListenerOfConflictsThatClosesDoesNotWaitForItself() throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            peer.connection()
                    .setConcurrentWriteListener(report -> peer.connection().close());
            assertTrue(peer.connection().nextWriter(MessageType.TEXT).type() == MessageType.TEXT);
            Background<Void> second = Background.run(() -> peer.connection().writeMessage("x"));
            peer.expectClose(1011, "concurrent write");
            peer.send(Frames.close(1011));
            second.failure(ConcurrentWriteException.class);
        }
    }

    /** A listener that never returns delays a closing thread only until the close timeout. */
    @Test
    void whoeverClosesWaitsForTheListenersAsLongAsForThePeer() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        WebSocketOptions options =
                TestPeer.hasty().concurrentWriteListener(report -> await(never)).build();
        try (TestPeer peer = TestPeer.connect(options)) {
            assertTrue(peer.connection().nextWriter(MessageType.TEXT).type() == MessageType.TEXT);
            Background<Void> second = Background.run(() -> peer.connection().writeMessage("x"));
            Background.eventually("a conflict", () -> !peer.connection().isOpen());
            Background.run(peer.connection()::close).result();
            peer.expectGone();
            never.countDown();
            second.failure(ConcurrentWriteException.class);
        }
    }

    @Test
    void whatFollowsFromAConflictCanWaitForItsReport() throws Exception {
        List<String> told = new ArrayList<>();
        CountDownLatch asked = new CountDownLatch(1);
        WebSocketOptions options = TestPeer.quick()
                .concurrentWriteListener(report -> {
                    await(asked);
                    told.add("report");
                })
                .build();
        try (TestPeer peer = TestPeer.connect(options)) {
            MessageWriter open = peer.connection().nextWriter(MessageType.TEXT);
            Background<Void> second = Background.run(() -> peer.connection().writeMessage("x"));
            Background.eventually("a conflict", () -> !peer.connection().isOpen());
            ConcurrentWriteException first = assertThrows(ConcurrentWriteException.class, () -> open.write("x"));
            first.whenReported(() -> told.add("what follows"));
            asked.countDown();
            second.failure(ConcurrentWriteException.class).whenReported(() -> told.add("later"));
            assertEquals(List.of("report", "what follows", "later"), told);
        }
    }
}
