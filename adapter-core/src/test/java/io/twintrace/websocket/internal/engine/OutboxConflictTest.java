package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.Outbox;
import io.twintrace.websocket.OutboxOptions;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.ConcurrentWriteReport;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Kind;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.ListeningPeer;
import io.twintrace.websocket.fixture.RecordingListener;
import io.twintrace.websocket.fixture.StuckTransport;
import io.twintrace.websocket.fixture.TestPeer;
import io.twintrace.websocket.room.Rooms;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** One thread offers to the outbox, and another one writes directly: the report names both places. */
class OutboxConflictTest {
    /** More than a tight connection can buffer. */
    private static final byte[] MUCH = Frames.pattern(4 << 20);

    private static final int ROUNDS = 300;

    // Methods of the "application", for the tests to find in stack traces.

    private static void offerHere(WebSocketConnection connection) {
        assertTrue(connection.outbox().offer("offered"));
    }

    private static void offerMuchHere(BlockingConnection connection) {
        assertTrue(connection.outbox().offer(MessageType.BINARY, MUCH));
    }

    private static void writeHere(WebSocketConnection connection) throws IOException {
        connection.writeMessage("direct");
    }

    private static MessageWriter openHere(WebSocketConnection connection) throws IOException {
        MessageWriter writer = connection.nextWriter(MessageType.TEXT);
        writer.write("half");
        return writer;
    }

    private static boolean names(List<StackTraceElement> stack, String method) {
        return stack.stream().anyMatch(frame -> frame.getMethodName().equals(method));
    }

    private static boolean causeNames(ConcurrentWriteException e, String method) {
        return names(List.of(e.getCause().getStackTrace()), method);
    }

    private static void assertWrittenPast(ConcurrentWriteReport report, String offerer, String offering) {
        assertEquals(Kind.BROKEN_DISCIPLINE, report.kind());
        assertEquals("left to its outbox", report.discipline());
        assertEquals("Outbox.offer", report.first().operation());
        assertTrue(report.first().thread().startsWith('"' + offerer + '"'), report.first()::thread);
        assertTrue(names(report.first().stack(), offering), report::render);
        assertEquals("writeMessage", report.second().operation());
        assertTrue(names(report.second().stack(), "writeHere"), report::render);
        assertTrue(
                report.summary().contains(". The first offer to the outbox was made by thread \"" + offerer),
                report.summary());
        assertTrue(
                report.logMessage().contains("this call fails, and the outbox sends nothing more"),
                report.logMessage());
        assertFalse(report.messageArrived(), "which may only excuse calls that overlap");
        assertTrue(report.render().contains("\nThe first offer to the outbox: thread \"" + offerer), report::render);
    }

    @Test
    void theFirstOfferWhileAnotherThreadHasAMessageOpenFailsBoth() throws Exception {
        for (int round = 0; round < 40; round++) {
            try (TestPeer peer = TestPeer.connect()) {
                MessageWriter open = openHere(peer.connection());
                ConcurrentWriteException offers = Background.run("offerer", () -> offerHere(peer.connection()))
                        .failure(ConcurrentWriteException.class);
                ConcurrentWriteReport report = offers.report();
                assertEquals(Kind.INTERLEAVED_MESSAGE, report.kind());
                assertEquals("Outbox.offer", report.second().operation());
                assertTrue(report.second().thread().startsWith("\"offerer\""), report.second()::thread);
                assertTrue(names(report.second().stack(), "offerHere"), report::render);
                ConcurrentWriteException mine = assertThrows(ConcurrentWriteException.class, () -> open.write("more"));
                assertTrue(causeNames(mine, "offerHere"));
                assertFalse(peer.connection().outbox().offer("too late"));
                assertEquals(List.of(report), peer.logged());
                peer.expectClose(1011, "concurrent write");
            }
        }
    }

    @Test
    void aDirectWriteAfterTheFirstOfferNamesThePlaceOfThat() throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            Background.run("offerer", () -> offerHere(peer.connection())).result();
            ConcurrentWriteException e =
                    assertThrows(ConcurrentWriteException.class, () -> writeHere(peer.connection()));
            assertWrittenPast(e.report(), "offerer", "offerHere");
            assertTrue(causeNames(e, "offerHere"));
            assertFalse(peer.connection().outbox().offer("too late"));
        }
    }

    /** Rules of stacks: one line of the library, then the application. */
    @Test
    void theStackOfTheFirstOfferBeginsWithTheMethodThatMadeIt() throws Exception {
        PreparedMessage news = PreparedMessage.text("news");
        try (Rooms rooms = Rooms.inMemory()) {
            assertBeginsWith("Outbox.offer", connection -> connection.outbox().offer("news"));
            assertBeginsWith(
                    "Outbox.offerAll", connection -> connection.outbox().offerAll(List.of(news, news)));
            assertBeginsWith("Outbox.claim", connection -> connection.outbox().claim());
            assertBeginsWith("room.Room.join", connection -> rooms.room("all").join(connection));
        }
    }

    private static void assertBeginsWith(String method, Consumer<WebSocketConnection> offering) throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            Runnable first = () -> offering.accept(peer.connection());
            Background.run("offerer", first::run).result();
            ConcurrentWriteException e =
                    assertThrows(ConcurrentWriteException.class, () -> writeHere(peer.connection()));
            assertBegins(method, e.report().first().stack());
        }
        try (TestPeer peer = TestPeer.connect()) { // the offer is the second writer
            MessageWriter unused = openHere(peer.connection());
            Runnable first = () -> offering.accept(peer.connection());
            ConcurrentWriteException e = Background.run("offerer", first::run).failure(ConcurrentWriteException.class);
            assertBegins(method, List.of(e.getStackTrace()));
        }
    }

    private static void assertBegins(String method, List<StackTraceElement> stack) {
        StackTraceElement begin = stack.get(0);
        assertEquals("io.twintrace.websocket." + method, begin.getClassName() + '.' + begin.getMethodName());
        assertEquals(OutboxConflictTest.class.getName(), stack.get(1).getClassName(), stack::toString);
    }

    @Test
    void aDirectWriteIntoOneOfTheOutboxNamesThePlaceOfTheOffer() throws Exception {
        try (TestPeer peer = TestPeer.connectTight(TestPeer.quick()
                .outbox(OutboxOptions.defaults().withMaxBytes(MUCH.length))
                .build())) {
            Background.run("offerer", () -> offerMuchHere(peer.connection())).result();
            Outbox outbox = peer.connection().outbox();
            assertTrue(outbox.offer("waits")); // until the client has read the first one
            peer.send(Frames.text("meanwhile"));
            assertEquals("meanwhile", peer.connection().readMessage().text());
            ConcurrentWriteException e =
                    assertThrows(ConcurrentWriteException.class, () -> writeHere(peer.connection()));
            assertWrittenPast(e.report(), "offerer", "offerMuchHere");
            assertTrue(causeNames(e, "offerMuchHere"));
            assertFalse(outbox.offer("too late"));
            peer.receive(10 + MUCH.length);
            peer.expectClose(1011, "concurrent write");
            IOException lost = assertThrows(IOException.class, () -> outbox.flush(Duration.ofSeconds(10)));
            assertTrue(lost.getCause() instanceof ConcurrentWriteException, lost::toString);
        }
    }

    /** The two meet before the first offer, at it, while its message is written, or after. */
    @Test
    void bothPlacesAreNamedWheneverTheTwoMeet() throws Exception {
        int conflicts = 0;
        for (int round = 0; round < ROUNDS; round++) {
            try (TestPeer peer = TestPeer.connect()) {
                CyclicBarrier together = new CyclicBarrier(2);
                Background<Void> offering = Background.run(() -> {
                    together.await();
                    offerHere(peer.connection());
                });
                Background<Void> writing = Background.run(() -> {
                    together.await();
                    writeHere(peer.connection());
                });
                offering.awaitEnd();
                writing.awaitEnd();
                conflicts += peer.logged().size();
                for (ConcurrentWriteReport report : peer.logged()) {
                    boolean offered = names(report.first().stack(), "offerHere")
                            || names(report.second().stack(), "offerHere");
                    boolean written = names(report.first().stack(), "writeHere")
                            || names(report.second().stack(), "writeHere");
                    assertTrue(offered && written, report::render);
                    assertFalse(report.render().contains("websocket-outbox"), report::render);
                }
            }
        }
        assertTrue(conflicts > 0, "they met");
    }

    /** An offer completes the open message, as starting a message on the same thread does. */
    @Test
    void theFirstOfferCompletesAMessageOfTheSameThread() throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            MessageWriter open = openHere(peer.connection());
            offerHere(peer.connection());
            open.close();
            peer.expectHex("81 04 68616c66 81 07 6f666665726564");
            assertEquals(List.of(), peer.logged());
        }
    }

    /** The first offering thread may have to finish a message, and its peer may be slow. */
    @Test
    void anOfferWaitsForNoOtherThreadsFirstOffer() throws Exception {
        StuckTransport[] transport = new StuckTransport[1];
        try (TestPeer peer =
                TestPeer.connect(TestPeer.quick().build(), inner -> transport[0] = new StuckTransport(inner))) {
            transport[0].stick();
            Background<Void> first = Background.run(() -> {
                MessageWriter unused = openHere(peer.connection());
                offerHere(peer.connection());
            });
            transport[0].awaitWriter();
            assertTrue(Background.start(() -> peer.connection().outbox().offer("other"))
                    .result());
            assertFalse(first.isDone());
            transport[0].goOn();
            first.result();
            peer.expectHex("81 04 68616c66 81 05 6f74686572 81 07 6f666665726564");
            assertEquals(List.of(), peer.logged());
        }
    }

    @Test
    void aListenersOpenMessageAndAnotherThreadsOfferFailTogether() throws Exception {
        RecordingListener opening = new RecordingListener() {
            private MessageWriter open;

            @Override
            public void onText(WebSocketConnection connection, String text) throws Exception {
                if (open == null) {
                    open = openHere(connection);
                } else {
                    open.write(text);
                }
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(opening)) {
            peer.send(Frames.text("a"));
            ConcurrentWriteException offers = Background.run("offerer", () -> offerHere(peer.connection()))
                    .failure(ConcurrentWriteException.class);
            assertTrue(names(offers.report().second().stack(), "offerHere"));
            peer.send(Frames.text("b"));
            ConcurrentWriteException mine =
                    (ConcurrentWriteException) peer.errors().get(0);
            assertTrue(causeNames(mine, "offerHere"));
            assertArrayEquals(Frames.plain(0x88, Frames.closePayload(1011, "concurrent write")), peer.received());
        }
    }

    @Test
    void aWriteThatGoesPastAListenersOffersNamesThePlaceOfTheFirst() throws Exception {
        RecordingListener offering = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) {
                offerHere(connection);
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(offering)) {
            Background.run("container", () -> peer.send(Frames.text("a"))).result();
            ConcurrentWriteException e =
                    assertThrows(ConcurrentWriteException.class, () -> writeHere(peer.connection()));
            assertWrittenPast(e.report(), "container", "offerHere");
        }
    }
}
