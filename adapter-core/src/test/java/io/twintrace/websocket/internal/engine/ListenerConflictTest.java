package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.concat;
import static io.twintrace.websocket.fixture.Frames.hex;
import static io.twintrace.websocket.fixture.Frames.plain;
import static io.twintrace.websocket.fixture.Frames.text;
import static io.twintrace.websocket.fixture.Frames.utf8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.app.Nesting;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.ConcurrentWriteReport;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Kind;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.ListeningPeer;
import io.twintrace.websocket.fixture.RecordingListener;
import io.twintrace.websocket.fixture.Slow;
import io.twintrace.websocket.fixture.TestPeer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Another thread writes to a connection whose listener writes too: both learn of it, whichever came first. */
class ListenerConflictTest {
    private static final byte[] CLOSE = plain(0x88, Frames.closePayload(1011, "concurrent write"));

    private final Slow slow = new Slow();

    /** The listener's action for a text. */
    private interface Answer {
        void to(WebSocketConnection connection, String text) throws IOException;
    }

    private static RecordingListener answering(Answer answer) {
        return new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) throws Exception {
                super.onText(connection, text);
                answer.to(connection, text);
            }
        };
    }

    // Methods of the "application", for the tests to find in stack traces.

    private static void answerFromTheListener(WebSocketConnection connection, String text) throws IOException {
        connection.writeMessage(text);
    }

    private void slowlyFromTheListener(WebSocketConnection connection, String text) throws IOException {
        connection.writeJson(slow);
    }

    private static void tickFromAnotherThread(ListeningPeer peer) throws IOException {
        peer.connection().writeMessage("tick");
    }

    private void slowlyFromAnotherThread(ListeningPeer peer) throws IOException {
        peer.connection().writeJson(slow);
    }

    private static boolean names(List<StackTraceElement> stack, String method) {
        return stack.stream().anyMatch(frame -> frame.getMethodName().equals(method));
    }

    private static void assertReported(ListeningPeer peer, String first, String second) {
        assertEquals(1, peer.conflicts().size());
        ConcurrentWriteReport report = peer.conflicts().get(0);
        assertEquals(Kind.OVERLAPPING_CALLS, report.kind());
        assertTrue(names(report.first().stack(), first), report::render);
        assertTrue(names(report.second().stack(), second), report::render);
    }

    @Test
    void aListenerThatWritesIntoAnotherThreadsWriteFailsWithIt() throws Exception {
        RecordingListener listener = answering(ListenerConflictTest::answerFromTheListener);
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            Background<Void> other = Background.run("ticker", () -> slowlyFromAnotherThread(peer));
            slow.begun.await();
            peer.send(text("a"), text("b"));
            assertReported(peer, "slowlyFromAnotherThread", "answerFromTheListener");
            assertEquals(List.of("open", "text a", "error ConcurrentWriteException"), listener.calls());
            ConcurrentWriteException mine = assertInstanceOf(
                    ConcurrentWriteException.class, peer.errors().get(0));
            assertTrue(names(List.of(mine.getStackTrace()), "answerFromTheListener"));
            assertTrue(names(List.of(mine.getCause().getStackTrace()), "slowlyFromAnotherThread"));

            slow.mayEnd.countDown();
            ConcurrentWriteException others = other.failure(ConcurrentWriteException.class);
            assertTrue(names(List.of(others.getCause().getStackTrace()), "answerFromTheListener"));
            assertArrayEquals(CLOSE, peer.received());
            assertEquals(1, peer.conflicts().size());
            peer.send(Frames.close(1011));
            peer.end();
            assertEquals(List.of("open", "text a", "error ConcurrentWriteException", "close 1011"), listener.calls());
            assertEquals(1, peer.ends());
            assertEquals(0, peer.lentBuffers());
        }
    }

    @Test
    void aThreadThatWritesIntoTheListenersWriteFailsWithIt() throws Exception {
        RecordingListener listener = answering(this::slowlyFromTheListener);
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            Background<Void> call = Background.run("container", () -> peer.send(text("a"), text("b")));
            slow.begun.await();
            ConcurrentWriteException others =
                    assertThrows(ConcurrentWriteException.class, () -> tickFromAnotherThread(peer));
            assertTrue(names(List.of(others.getCause().getStackTrace()), "slowlyFromTheListener"));
            assertReported(peer, "slowlyFromTheListener", "tickFromAnotherThread");

            slow.mayEnd.countDown();
            call.result();
            ConcurrentWriteException mine = assertInstanceOf(
                    ConcurrentWriteException.class, peer.errors().get(0));
            assertTrue(names(List.of(mine.getCause().getStackTrace()), "tickFromAnotherThread"));
            assertEquals(List.of("open", "text a", "error ConcurrentWriteException"), listener.calls());
            assertEquals(1, peer.conflicts().size());
            assertArrayEquals(CLOSE, peer.received());
            assertThrows(ConcurrentWriteException.class, () -> tickFromAnotherThread(peer));
            assertEquals(1, peer.conflicts().size());
        }
        assertEquals("close 1006", listener.calls().get(3));
    }

    /** The call's stack is inside a write to another connection when it is taken. */
    @Test
    void aSerializerThatWritesElsewhereDoesNotHideTheListenersCall() throws Exception {
        Slow slow = new Slow();
        try (TestPeer elsewhere = TestPeer.connect(ListeningPeer.quick().build())) {
            Nesting nesting = new Nesting(() -> elsewhere.connection().writeJson(slow));
            RecordingListener listener = answering((connection, text) -> Nesting.send(connection, nesting));
            try (ListeningPeer peer = ListeningPeer.connect(listener)) {
                Background<Void> call = Background.run("container", () -> peer.send(text("a")));
                slow.begun.await();
                assertThrows(ConcurrentWriteException.class, () -> Nesting.interrupt(peer.connection()));
                ConcurrentWriteReport report = peer.conflicts().get(0);
                assertEquals("writeJson", report.first().operation());
                assertTrue(report.summary().contains(".Nesting.send(Nesting.java:"), report::render);
                assertTrue(report.summary().contains(".Nesting.interrupt(Nesting.java:"), report::render);
                assertFalse(report.messageArrived());
                slow.mayEnd.countDown();
                call.result();
            }
            assertEquals(List.of(), elsewhere.logged());
        }
    }

    @Test
    void aListenerThatAnswersIntoAWriteLearnsThatAMessageArrived() throws Exception {
        RecordingListener listener = answering(ListenerConflictTest::answerFromTheListener);
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            Background<Void> other = Background.run("ticker", () -> slowlyFromAnotherThread(peer));
            slow.begun.await();
            peer.send(text("a"));
            assertTrue(peer.conflicts().get(0).messageArrived());
            slow.mayEnd.countDown();
            other.failure(ConcurrentWriteException.class);
        }
    }

    /** The other thread's message must not get between the answers that leave together. */
    @Test
    void whatTheListenerHadAnsweredBeforeGoesAheadOfTheClose() throws Exception {
        RecordingListener listener = answering((connection, text) -> {
            if (text.equals("slowly")) {
                connection.writeJson(slow);
            } else {
                connection.writeMessage(text);
            }
        });
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            Background<Void> call = Background.run("container", () -> peer.send(text("a"), text("slowly")));
            slow.begun.await();
            assertThrows(ConcurrentWriteException.class, () -> tickFromAnotherThread(peer));
            slow.mayEnd.countDown();
            call.result();
            assertArrayEquals(concat(plain(0x81, utf8("a")), CLOSE), peer.received());
        }
    }

    @Test
    void aThreadThatWouldCutTheListenersOpenMessageInHalfFailsWithIt() throws Exception {
        AtomicReference<MessageWriter> open = new AtomicReference<>();
        RecordingListener listener = answering((connection, text) -> {
            if (open.get() == null) {
                open.set(connection.nextWriter(MessageType.TEXT));
            }
            open.get().write(text);
        });
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.send(text("a"));
            Background<Void> other = Background.run("ticker", () -> tickFromAnotherThread(peer));
            other.failure(ConcurrentWriteException.class);
            assertEquals(Kind.INTERLEAVED_MESSAGE, peer.conflicts().get(0).kind());
            peer.send(text("b"));
            ConcurrentWriteException mine = assertInstanceOf(
                    ConcurrentWriteException.class, peer.errors().get(0));
            assertEquals(Kind.INTERLEAVED_MESSAGE, mine.report().kind());
            assertTrue(names(List.of(mine.getCause().getStackTrace()), "tickFromAnotherThread"));
            assertEquals(1, peer.conflicts().size());
            assertArrayEquals(CLOSE, peer.received());
        }
        assertEquals(List.of("open", "text a", "text b"), listener.calls().subList(0, 3));
    }

    private static void openHalfAMessage(WebSocketConnection connection, String text) throws IOException {
        connection.nextWriter(MessageType.TEXT).write(text);
    }

    /** The thread that called the listener comes from a pool, and may have ended. */
    @Test
    void theReportSaysThatTheCallsThreadHasEndedAndWhereItOpened() throws Exception {
        WebSocketOptions traced =
                ListeningPeer.quick().detectorLevel(DetectorLevel.TRACED).build();
        RecordingListener listener = answering(ListenerConflictTest::openHalfAMessage);
        try (ListeningPeer peer = ListeningPeer.connect(listener, traced)) {
            Background.run("container", () -> peer.send(text("half"))).awaitEnd();
            ConcurrentWriteException mine =
                    assertThrows(ConcurrentWriteException.class, () -> tickFromAnotherThread(peer));
            assertTrue(mine.getMessage().contains("\"container\""), mine.getMessage());
            assertTrue(mine.getMessage().contains(", which has ended, had an unfinished message open"));
            assertTrue(names(mine.report().openedAt(), "openHalfAMessage"));
            assertTrue(names(List.of(mine.getCause().getStackTrace()), "openHalfAMessage"));
        }
    }

    @Test
    void aMessageMayStayOpenFromCallToCallOnWhicheverThread() throws Exception {
        AtomicReference<MessageWriter> open = new AtomicReference<>();
        RecordingListener listener = answering((connection, text) -> {
            if (open.get() == null) {
                open.set(connection.nextWriter(MessageType.TEXT));
            }
            open.get().write(text);
            if (text.equals(".")) {
                open.getAndSet(null).close();
            }
        });
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            for (String text : List.of("a", "b", ".", "c", ".")) {
                Background.run(() -> peer.send(text("" + text))).result();
            }
            assertArrayEquals(hex("81 03 61622e 81 02 632e"), peer.received());
            assertEquals(List.of(), peer.conflicts());
        }
    }

    @Test
    void threadsThatTakeTurnsWithTheListenerAreFine() throws Exception {
        RecordingListener listener = answering(ListenerConflictTest::answerFromTheListener);
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            for (int i = 0; i < 50; i++) {
                peer.send(text("a"));
                Background.run(() -> tickFromAnotherThread(peer)).result();
            }
            byte[] both = concat(plain(0x81, utf8("a")), plain(0x81, utf8("tick")));
            assertArrayEquals(Frames.repeat(both, 50), peer.received());
            assertEquals(List.of(), peer.conflicts());
        }
    }

    @Test
    void aDisciplineHoldsForTheListenerToo() {
        AtomicReference<WebSocketConnection> opened = new AtomicReference<>();
        RecordingListener listener = new RecordingListener() {
            @Override
            public void onOpen(WebSocketConnection connection) {
                opened.set(connection);
                connection.declareWriteDiscipline(WriteDiscipline.guardedBy(connection.writeLock()));
            }

            @Override
            public void onText(WebSocketConnection connection, String text) throws Exception {
                if (text.equals("with")) {
                    connection.writeLock().lock();
                    try {
                        connection.writeMessage(text);
                    } finally {
                        connection.writeLock().unlock();
                    }
                } else {
                    connection.writeMessage(text);
                }
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.send(text("with"));
            assertArrayEquals(plain(0x81, utf8("with")), peer.received());
            assertTrue(opened.get().isOpen());
            peer.send(text("without"));
            assertEquals(Kind.BROKEN_DISCIPLINE, peer.conflicts().get(0).kind());
            assertArrayEquals(CLOSE, peer.received());
            assertFalse(opened.get().isOpen());
        }
    }
}
