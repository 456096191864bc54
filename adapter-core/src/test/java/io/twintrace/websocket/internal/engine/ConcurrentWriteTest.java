package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.BINARY;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.annotations.JsonAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import io.twintrace.app.Nesting;
import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.ControlType;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.ConcurrentWriteReport;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Kind;
import io.twintrace.websocket.detect.ConcurrentWrites;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.ChannelTransport;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TestPeer;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two threads write to one connection over a real socket. */
class ConcurrentWriteTest {
    /** More than a tight connection can buffer. */
    private static final byte[] MUCH = Frames.pattern(4 << 20);

    private static final WebSocketOptions PATIENT =
            TestPeer.quick().closeTimeout(Duration.ofSeconds(5)).build();

    private TestPeer peer = TestPeer.connectTight(TestPeer.hasty().build());
    private BlockingConnection connection = peer.connection();

    @AfterEach
    void close() throws Exception {
        peer.close();
    }

    private void bePatient() throws Exception {
        peer.close();
        peer = TestPeer.connectTight(PATIENT);
        connection = peer.connection();
    }

    private Background<Void> firstWriter() {
        return Background.run("first-writer", () -> broadcastFromOneSide()).awaitStuckInWrite();
    }

    // Methods of the "application", for the tests to find in stack traces.

    private void broadcastFromOneSide() throws IOException {
        connection.writeMessage(MessageType.BINARY, MUCH);
    }

    private void answerFromTheOther() throws IOException {
        connection.writeMessage("second");
    }

    /** The peer stops reading, so the first writer is stuck. Both must fail within the close timeout. */
    @Test
    void bothWritersToAStuckPeerFailInTimeAndNothingIsKept() throws Exception {
        long begin = System.nanoTime();
        Background<Void> first = firstWriter();
        Background<Void> second = Background.run("second-writer", this::answerFromTheOther);
        second.failure(ConcurrentWriteException.class);
        ConcurrentWriteException e = first.failure(ConcurrentWriteException.class);
        assertTrue(System.nanoTime() - begin < 6_000_000_000L, "both failed soon");
        assertEquals(1, e.getSuppressed().length);
        assertInstanceOf(IOException.class, e.getSuppressed()[0]);
        connection.close();
        peer.expectNothingLent();
        first.thread().join();
        second.thread().join();
        Background.eventually(
                "no thread is left in a transport",
                () -> Thread.getAllStackTraces().values().stream()
                        .flatMap(Arrays::stream)
                        .noneMatch(frame -> frame.getClassName().equals(ChannelTransport.class.getName())));
    }

    @Test
    void aPeerThatResumesReadingGetsTheFrameInFlightWholeAndThen1011() throws Exception {
        bePatient();
        Background<Void> first = firstWriter();
        assertThrows(ConcurrentWriteException.class, this::answerFromTheOther);
        assertFalse(first.isDone());
        peer.expectFrame(FIN | BINARY, MUCH).expectClose(1011, "concurrent write");
        ConcurrentWriteException e = first.failure(ConcurrentWriteException.class);
        assertEquals(0, e.getSuppressed().length);
        assertFalse(connection.isOpen());
    }

    @Test
    void theLogIsToldOnceWithBothStacksAndBothMethodsOfTheApplication() throws Exception {
        bePatient();
        long conflictsBefore = ConcurrentWrites.detected();
        Background<Void> first = firstWriter();
        Background<Void> second = Background.run("second-writer", this::answerFromTheOther);
        second.failure(ConcurrentWriteException.class);
        assertEquals(1, peer.logged().size(), "logged at the moment of detection");
        assertThrows(ConcurrentWriteException.class, this::answerFromTheOther);
        peer.receive(MUCH.length);
        first.failure(ConcurrentWriteException.class);
        assertEquals(1, peer.logged().size());
        assertEquals(conflictsBefore + 1, ConcurrentWrites.detected());

        ConcurrentWriteReport report = peer.logged().get(0);
        assertEquals(connection.name(), report.connection().toString());
        assertEquals(Kind.OVERLAPPING_CALLS, report.kind());
        assertTrue(report.first().thread().contains("first-writer"), report.first()::thread);
        assertTrue(report.second().thread().contains("second-writer"), report.second()::thread);
        assertEquals("writeMessage", report.first().operation());
        assertEquals("writeMessage", report.second().operation());
        assertTrue(names(report.first().stack(), "broadcastFromOneSide"));
        assertTrue(names(report.second().stack(), "answerFromTheOther"));
        assertTrue(report.render().contains("broadcastFromOneSide"));
        assertTrue(report.render().contains("answerFromTheOther"));
    }

    @Test
    void eachExceptionHoldsItsOwnStackAndTheOtherThreadsAsItsCause() throws Exception {
        Background<Void> first = firstWriter();
        Background<Void> second = Background.run("second-writer", this::answerFromTheOther);
        ConcurrentWriteException seconds = second.failure(ConcurrentWriteException.class);
        ConcurrentWriteException firsts = first.failure(ConcurrentWriteException.class);
        assertTrue(names(List.of(firsts.getStackTrace()), "broadcastFromOneSide"));
        assertTrue(names(List.of(firsts.getCause().getStackTrace()), "answerFromTheOther"));
        assertTrue(names(List.of(seconds.getStackTrace()), "answerFromTheOther"));
        assertTrue(names(List.of(seconds.getCause().getStackTrace()), "broadcastFromOneSide"));
        for (ConcurrentWriteException e : List.of(firsts, seconds)) {
            assertTrue(e.getMessage().contains("first-writer"), e.getMessage());
            assertTrue(e.getMessage().contains("second-writer"), e.getMessage());
            assertTrue(e.getMessage().contains(connection.name()), e.getMessage());
            assertTrue(e.getMessage().contains("docs/concurrent-writes.md"), e.getMessage());
        }
    }

    @Test
    void laterWritesFailWithTheFirstConflictAsTheirCause() throws Exception {
        Background<Void> first = firstWriter();
        ConcurrentWriteException conflict = assertThrows(ConcurrentWriteException.class, this::answerFromTheOther);
        first.failure(ConcurrentWriteException.class);
        ConcurrentWriteException later =
                assertThrows(ConcurrentWriteException.class, () -> connection.writeMessage("later"));
        assertInstanceOf(ConcurrentWriteException.class, later.getCause());
        assertEquals(
                conflict.report().second(),
                ((ConcurrentWriteException) later.getCause()).report().second());
        assertThrows(ConcurrentWriteException.class, () -> connection.nextWriter(MessageType.TEXT));
        assertThrows(ConcurrentWriteException.class, () -> connection.setCompressionLevel(1));
    }

    @Test
    void aListenerThatFailsIsSuppressedAndChangesNothing() throws Exception {
        AtomicInteger told = new AtomicInteger();
        WebSocketOptions options = TestPeer.quick()
                .concurrentWriteListener(report -> {
                    told.incrementAndGet();
                    throw new IllegalArgumentException("mine");
                })
                .build();
        try (TestPeer other = TestPeer.connectTight(options)) {
            Background<Void> first = Background.run(() -> other.connection().writeMessage(MessageType.BINARY, MUCH))
                    .awaitStuckInWrite();
            ConcurrentWriteException e = assertThrows(
                    ConcurrentWriteException.class, () -> other.connection().writeMessage("x"));
            assertEquals("mine", e.getSuppressed()[0].getMessage());
            first.failure(ConcurrentWriteException.class);
            assertEquals(1, told.get());
            assertEquals(1, other.logged().size());
        }
    }

    @Test
    void controlFramesAndCloseFromAnyThreadNeverTripIt() throws Exception {
        bePatient();
        Background<Void> first = firstWriter();
        Background<Void> pinging = Background.run(() -> connection.writeControl(ControlType.PING, new byte[0], null));
        Background<Void> ponging = Background.run(() -> connection.writeControl(ControlType.PONG, new byte[0], null));
        pinging.awaitWaitingIn("ControlFrameWriter.awaitTurn");
        ponging.awaitWaitingIn("ControlFrameWriter.awaitTurn");
        peer.send(Frames.ping("p"), Frames.text("x"));
        connection.readMessage();
        Background<Void> closing = Background.run(connection::close).awaitReading();
        peer.expectFrame(FIN | BINARY, MUCH).send(Frames.close(1000));
        first.result();
        closing.result();
        assertTrue(peer.logged().isEmpty());
    }

    /** A value whose serializer writes to the connection it is being written to. */
    @JsonAdapter(Meddler.Adapter.class)
    private static final class Meddler {
        static final AtomicReference<BlockingConnection> TARGET = new AtomicReference<>();

        static final class Adapter extends com.google.gson.TypeAdapter<Meddler> {
            @Override
            public void write(JsonWriter out, Meddler value) throws IOException {
                TARGET.get().writeMessage("inside");
            }

            @Override
            public Meddler read(JsonReader in) {
                return null;
            }
        }
    }

    @Test
    void aSerializerThatWritesIsToldNotToAndPoisonsNothing() throws Exception {
        Meddler.TARGET.set(connection);
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> connection.writeJson(new Meddler()));
        assertTrue(e.getMessage().contains("already writing to it"), e.getMessage());
        connection.writeMessage("after");
        peer.expectFrame(FIN | TEXT, Frames.utf8("after"));
        assertTrue(peer.logged().isEmpty());
    }

    /** A stack cannot tell the two connections apart, so the report names the callers of both. */
    @Test
    void aSerializerThatWritesElsewhereIsNamedWithItsOuterCall() throws Exception {
        try (TestPeer other = TestPeer.connect(PATIENT)) {
            Nesting nesting = new Nesting(() -> connection.writeJson("x".repeat(MUCH.length)));
            Background<Void> first = Background.run("first-writer", () -> Nesting.send(other.connection(), nesting))
                    .awaitStuckInWrite();
            assertThrows(ConcurrentWriteException.class, () -> Nesting.interrupt(other.connection()));
            String summary = other.logged().get(0).summary();
            assertTrue(summary.contains(" in writeJson (inside another writeJson, called by"), summary);
            assertTrue(summary.contains(".Nesting.send(Nesting.java:"), summary);
            assertTrue(summary.endsWith("; one of the two is on another connection)"), summary);
            connection.abort();
            first.failure(ConcurrentWriteException.class);
        }
    }

    /** A serializer whose public method calls another one of the same name. */
    @Test
    void oneWriteOfTheApplicationIsNotTakenForTwo() throws Exception {
        bePatient();
        Background<Void> first = Background.run("first-writer", () -> Nesting.write(connection, MUCH))
                .awaitStuckInWrite();
        assertThrows(ConcurrentWriteException.class, () -> Nesting.interrupt(connection));
        String summary = peer.logged().get(0).summary();
        assertTrue(summary.endsWith(" was in writeMessage"), summary);
        connection.abort();
        first.failure(ConcurrentWriteException.class);
    }

    @Test
    void everyStackBeginsWithOneLibraryFrameAndThenTheApplications() throws Exception {
        Background<Void> first = Background.run("first-writer", () -> Nesting.write(connection, MUCH))
                .awaitStuckInWrite();
        ConcurrentWriteException seconds =
                assertThrows(ConcurrentWriteException.class, () -> Nesting.interrupt(connection));
        ConcurrentWriteException later =
                assertThrows(ConcurrentWriteException.class, () -> Nesting.interrupt(connection));
        ConcurrentWriteException firsts = first.failure(ConcurrentWriteException.class);
        ConcurrentWriteReport report = peer.logged().get(0);
        assertBeginsAtCall("write", "writeMessage", report.first().stack());
        assertBeginsAtCall("interrupt", "writeMessage", report.second().stack());
        assertBeginsAtCall("write", "writeMessage", List.of(firsts.getStackTrace()));
        assertBeginsAtCall(
                "interrupt", "writeMessage", List.of(firsts.getCause().getStackTrace()));
        assertBeginsAtCall("interrupt", "writeMessage", List.of(seconds.getStackTrace()));
        assertBeginsAtCall("write", "writeMessage", List.of(seconds.getCause().getStackTrace()));
        assertBeginsAtCall("interrupt", "writeMessage", List.of(later.getStackTrace()));
    }

    private static void assertBeginsAtCall(String caller, String operation, List<StackTraceElement> stack) {
        assertEquals(operation, stack.get(0).getMethodName(), stack::toString);
        assertEquals(Nesting.class.getName(), stack.get(1).getClassName(), stack::toString);
        assertEquals(caller, stack.get(1).getMethodName(), stack::toString);
    }

    private static void assertNamed(ConcurrentWriteReport report, String operation) {
        assertEquals(operation, report.first().operation());
        assertEquals("send", report.first().applicationFrame().orElseThrow().getMethodName(), report::render);
        assertEquals(
                "interrupt", report.second().applicationFrame().orElseThrow().getMethodName(), report::render);
        assertTrue(report.summary().contains(".Nesting.send(Nesting.java:"), report::summary);
    }

    /** The first writer's stack is inside a write to another connection when it is taken. */
    @Test
    void aSerializerThatWritesElsewhereDoesNotHideTheCallThatItRunsIn() throws Exception {
        try (TestPeer other = TestPeer.connect(PATIENT)) {
            Nesting nesting = new Nesting(
                    () -> connection.writeMessage(MessageType.BINARY, MUCH)); // to a peer that does not read
            Background<Void> first = Background.run("first-writer", () -> Nesting.send(other.connection(), nesting))
                    .awaitStuckInWrite();
            ConcurrentWriteException seconds =
                    assertThrows(ConcurrentWriteException.class, () -> Nesting.interrupt(other.connection()));
            assertNamed(other.logged().get(0), "writeJson");
            assertNamed(seconds.report(), "writeJson");
            assertTrue(seconds.getCause().getMessage().endsWith("in writeJson"), seconds.getCause()::getMessage);
            connection.abort();
            first.failure(ConcurrentWriteException.class);
        }
    }

    @Test
    void aSecondWriterWithoutMemoryForStacksLeavesNobodyInTheDark() throws Exception {
        Thread[] stuck = new Thread[1];
        CountDownLatch written = new CountDownLatch(1);
        AtomicReference<Throwable> firsts = new AtomicReference<>();
        stuck[0] = new Thread("first-writer") {
            @Override
            public void run() {
                try {
                    broadcastFromOneSide();
                } catch (Throwable e) {
                    firsts.set(e);
                }
                written.countDown();
            }

            @Override
            public StackTraceElement[] getStackTrace() {
                if (Thread.currentThread().getName().equals("second-writer")) {
                    throw new OutOfMemoryError("for a test");
                }
                return super.getStackTrace();
            }
        };
        stuck[0].start();
        Background.eventually(
                "the first writer is stuck",
                () -> Arrays.stream(stuck[0].getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals("await")
                                || frame.getMethodName().equals("awaitWritable")
                                || frame.getMethodName().equals("select")));
        Background<Void> second = Background.run("second-writer", this::answerFromTheOther);
        ConcurrentWriteException seconds = second.failure(ConcurrentWriteException.class);
        assertInstanceOf(OutOfMemoryError.class, seconds.getSuppressed()[0]);
        assertEquals(1, peer.logged().size());
        assertFalse(connection.isOpen());
        written.await();
        assertInstanceOf(ConcurrentWriteException.class, firsts.get());
        assertEquals(1, peer.logged().size());
    }

    /** T1's write has not returned when the peer answers it, and T2 answers that. */
    @Test
    void threadsThatAlternateThroughThePeerLearnThatAMessageArrived() throws Exception {
        Background<Void> first = firstWriter();
        peer.send(Frames.text("I have seen enough"));
        connection.readMessage();
        ConcurrentWriteException seconds = assertThrows(ConcurrentWriteException.class, this::answerFromTheOther);
        assertTrue(peer.logged().get(0).messageArrived());
        assertTrue(seconds.getMessage().contains(" A message has arrived from the peer since the first call began. "));
        first.failure(ConcurrentWriteException.class);
    }

    @Test
    void whatHadArrivedBeforeIsNotMentioned() throws Exception {
        peer.send(Frames.text("hello"));
        connection.readMessage();
        Background<Void> first = firstWriter();
        ConcurrentWriteException seconds = assertThrows(ConcurrentWriteException.class, this::answerFromTheOther);
        assertFalse(seconds.report().messageArrived());
        assertFalse(seconds.getMessage().contains("has arrived"));
        first.failure(ConcurrentWriteException.class);
    }

    /** A connection may outlive by far the thread that has read from it first. */
    @Test
    void aThreadThatHasReadAndEndedIsNotKept() throws Exception {
        peer.send(Frames.text("hello"));
        WeakReference<Thread> reader = readOnAThreadThatEnds();
        Background.eventually("the thread is forgotten", () -> {
            System.gc();
            return reader.get() == null;
        });
        connection.writeMessage("still open");
    }

    private WeakReference<Thread> readOnAThreadThatEnds() throws InterruptedException {
        Thread thread = new Thread(() -> {
            try {
                connection.readMessage();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        thread.start();
        thread.join();
        return new WeakReference<>(thread);
    }

    @Test
    void aMessageThatAnotherThreadWouldCutInHalfFailsBoth() throws Exception {
        MessageWriter writer = connection.nextWriter(MessageType.TEXT);
        writer.write("half");
        Background<Void> second = Background.run("second-writer", this::answerFromTheOther);
        ConcurrentWriteException seconds = second.failure(ConcurrentWriteException.class);
        assertEquals(Kind.INTERLEAVED_MESSAGE, seconds.report().kind());
        ConcurrentWriteException firsts = assertThrows(ConcurrentWriteException.class, () -> writer.write("more"));
        assertTrue(names(List.of(firsts.getCause().getStackTrace()), "answerFromTheOther"));
        assertSame(firsts.report().kind(), Kind.INTERLEAVED_MESSAGE);
        assertThrows(ConcurrentWriteException.class, writer::close);
        assertEquals(1, peer.logged().size());
        peer.expectClose(1011, "concurrent write");
    }

    private void openHalfAMessage() throws IOException {
        connection.nextWriter(MessageType.TEXT).write("half");
    }

    @Test
    void theReportSaysThatTheOpenersThreadHasEndedAndWhereItOpened() throws Exception {
        peer.close();
        peer = TestPeer.connect(
                TestPeer.quick().detectorLevel(DetectorLevel.TRACED).build());
        connection = peer.connection();
        Background<Void> first = Background.run("first-writer", this::openHalfAMessage);
        first.awaitEnd();
        ConcurrentWriteException seconds = assertThrows(ConcurrentWriteException.class, this::answerFromTheOther);
        assertTrue(seconds.getMessage().contains("\"first-writer\""), seconds.getMessage());
        assertTrue(seconds.getMessage().contains(", which has ended, had an unfinished message open"));
        assertTrue(names(seconds.report().openedAt(), "openHalfAMessage"));
        assertTrue(names(List.of(seconds.getCause().getStackTrace()), "openHalfAMessage"));
    }

    @Test
    void handingAnOpenWriterOnIsFine() throws Exception {
        MessageWriter writer = connection.nextWriter(MessageType.TEXT);
        writer.write("a");
        Background.run(() -> writer.write("b")).result();
        Background.run(() -> {
                    writer.close();
                    connection.writeMessage("next");
                })
                .result();
        peer.expectFrame(FIN | TEXT, Frames.utf8("ab")).expectFrame(FIN | TEXT, Frames.utf8("next"));
        assertTrue(peer.logged().isEmpty());
    }

    @Test
    void theLastWriterOfAnOpenMessageMayCompleteItWithTheNext() throws Exception {
        MessageWriter writer = connection.nextWriter(MessageType.TEXT);
        writer.write("a");
        Background.run(() -> {
                    writer.write("b");
                    connection.writeMessage("next");
                })
                .result();
        peer.expectFrame(FIN | TEXT, Frames.utf8("ab")).expectFrame(FIN | TEXT, Frames.utf8("next"));
        assertTrue(peer.logged().isEmpty());
    }

    @Test
    void writersThatTakeTurnsAreFine() throws Exception {
        for (int i = 0; i < 50; i++) {
            Background.run(() -> connection.writeMessage("x")).result();
        }
        peer.expect(Frames.repeat(Frames.plain(FIN | TEXT, Frames.utf8("x")), 50));
        assertTrue(peer.logged().isEmpty());
    }

    /** Whenever the two collide, both fail or neither, and the peer sees whole frames and then 1011. */
    @Test
    void writersThatRaceFailTogetherOrNotAtAll() throws Exception {
        for (int round = 0; round < 100; round++) {
            try (TestPeer racing = TestPeer.connect(PATIENT)) {
                CountDownLatch start = new CountDownLatch(1);
                AtomicInteger failed = new AtomicInteger();
                Background<Void> one = racer(racing, start, failed);
                Background<Void> two = racer(racing, start, failed);
                start.countDown();
                one.result();
                two.result();
                assertEquals(0, failed.get() % 2, failed + " of two failed");
                assertEquals(failed.get() / 2, racing.logged().size());
                if (failed.get() > 0) {
                    expectWholeFramesAnd1011(racing);
                }
            }
        }
    }

    private static Background<Void> racer(TestPeer racing, CountDownLatch start, AtomicInteger failed) {
        return Background.run(() -> {
            start.await();
            try {
                for (int i = 0; i < 50; i++) {
                    racing.connection().writeMessage("race");
                }
            } catch (ConcurrentWriteException e) {
                failed.incrementAndGet();
            }
        });
    }

    private static void expectWholeFramesAnd1011(TestPeer racing) throws IOException {
        while (true) {
            byte[] header = racing.receive(2);
            if (header[0] == (byte) (FIN | Frames.CLOSE)) {
                assertEquals(
                        List.of((byte) 0x03, (byte) 0xF3),
                        Arrays.asList(boxed(racing.receive(header[1]))).subList(0, 2));
                return;
            }
            assertEquals((byte) (FIN | TEXT), header[0]);
            assertEquals("race", new String(racing.receive(header[1]), java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    private static Byte[] boxed(byte[] bytes) {
        Byte[] all = new Byte[bytes.length];
        Arrays.setAll(all, i -> bytes[i]);
        return all;
    }

    private static boolean names(List<StackTraceElement> stack, String method) {
        return stack.stream()
                .anyMatch(frame -> frame.getClassName().equals(ConcurrentWriteTest.class.getName())
                        && frame.getMethodName().equals(method));
    }
}
