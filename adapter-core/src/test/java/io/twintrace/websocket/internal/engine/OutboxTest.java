package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.BINARY;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.Outbox;
import io.twintrace.websocket.OutboxOptions;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.WhenFull;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.ConcurrentWriteReport;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Kind;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.FilterTransport;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TestPeer;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.internal.io.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any thread offers, one writer sends (over a real socket). */
class OutboxTest {
    private static final Duration PATIENCE = Duration.ofSeconds(Background.PATIENCE_SECONDS);

    /** More than a tight connection can buffer. */
    private static final byte[] MUCH = Frames.pattern(4 << 20);

    private static TestPeer tight(OutboxOptions options) {
        return tight(options, transport -> transport);
    }

    private static TestPeer tight(OutboxOptions options, UnaryOperator<Transport> around) {
        return TestPeer.connectTight(TestPeer.quick().outbox(options).build(), around);
    }

    /** Keeps the writer busy with a message that the peer does not read. */
    private static Outbox stuck(TestPeer peer) {
        Outbox outbox = peer.connection().outbox();
        assertTrue(outbox.offer(MessageType.BINARY, MUCH));
        Background.eventually("the writer to be at it", () -> outbox.waiting() == 0);
        return outbox;
    }

    @Test
    void theOfferingThreadWritesAndNeverWaits() throws Exception {
        Set<Thread> writers = ConcurrentHashMap.newKeySet();
        try (TestPeer peer =
                tight(OutboxOptions.defaults().withMaxBytes(MUCH.length), transport -> new FilterTransport(transport) {
                    @Override
                    public boolean tryWrite(ByteBuffer[] buffers) throws IOException {
                        writers.add(Thread.currentThread());
                        return super.tryWrite(buffers);
                    }
                })) {
            Outbox outbox = peer.connection().outbox();
            assertTrue(outbox.offer(MessageType.BINARY, MUCH)); // returns, although nobody reads
            assertTrue(outbox.offer("waits"));
            assertEquals(1, outbox.waiting());
            assertEquals(Set.of(Thread.currentThread()), writers);
            peer.receive(10 + MUCH.length);
            peer.expectFrame(FIN | TEXT, Frames.utf8("waits"));
        }
    }

    /** Counts the writes. */
    private static UnaryOperator<Transport> counting(AtomicInteger writes) {
        return transport -> new FilterTransport(transport) {
            @Override
            public boolean tryWrite(ByteBuffer[] buffers) throws IOException {
                writes.incrementAndGet();
                return super.tryWrite(buffers);
            }
        };
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void messagesThatHaveWaitedLeaveTogether(boolean prepared) throws Exception {
        AtomicInteger writes = new AtomicInteger();
        try (TestPeer peer = tight(OutboxOptions.defaults().withMaxBytes(MUCH.length), counting(writes))) {
            Outbox outbox = stuck(peer);
            for (int i = 0; i < 50; i++) {
                assertTrue(prepared ? outbox.offer(PreparedMessage.text("waits")) : outbox.offer("waits"));
            }
            int before = writes.get();
            peer.receive(10 + MUCH.length);
            for (int i = 0; i < 50; i++) {
                peer.expectFrame(FIN | TEXT, Frames.utf8("waits"));
            }
            assertEquals(before + 1, writes.get());
        }
    }

    @Test
    void waitingMessagesLeaveSixtyFourKibibytesAtATime() throws Exception {
        AtomicInteger writes = new AtomicInteger();
        try (TestPeer peer = tight(OutboxOptions.defaults().withMaxBytes(MUCH.length), counting(writes))) {
            Outbox outbox = stuck(peer);
            PreparedMessage message = PreparedMessage.of(MessageType.BINARY, Frames.pattern(4_000));
            for (int i = 0; i < 32; i++) {
                assertTrue(outbox.offer(message));
            }
            int before = writes.get();
            peer.receive(10 + MUCH.length);
            for (int i = 0; i < 32; i++) {
                peer.expectFrame(FIN | BINARY, Frames.pattern(4_000));
            }
            assertEquals(before + 2, writes.get());
        }
    }

    private static List<PreparedMessage> texts(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(i -> PreparedMessage.text("message " + i))
                .toList();
    }

    private static void expectTexts(TestPeer peer, int from, int to) throws IOException {
        for (int i = from; i <= to; i++) {
            peer.expectFrame(FIN | TEXT, Frames.utf8("message " + i));
        }
    }

    /** Also without coalescing, which is about messages that were not offered together. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void messagesThatAreOfferedTogetherLeaveTogether(boolean coalescing) throws Exception {
        AtomicInteger writes = new AtomicInteger();
        WebSocketOptions options = TestPeer.quick().writeCoalescing(coalescing).build();
        try (TestPeer peer = TestPeer.connect(options, counting(writes))) {
            assertEquals(50, peer.connection().outbox().offerAll(texts(1, 50)));
            expectTexts(peer, 1, 50);
            assertEquals(1, writes.get());
            assertEquals(0, peer.connection().outbox().offerAll(List.of()));
        }
    }

    @Test
    void messagesOfAllSizesAndKindsKeepTheirOrder() throws Exception {
        try (TestPeer peer = tight(OutboxOptions.defaults().withMaxBytes(2 * MUCH.length))) {
            Outbox outbox = stuck(peer);
            PreparedMessage large = PreparedMessage.of(MessageType.BINARY, Frames.pattern(20_000));
            PreparedMessage half = PreparedMessage.of(MessageType.BINARY, Frames.pattern(9_000));
            assertEquals(6, outbox.offerAll(List.of(texts(1, 1).get(0), half, half, large, half, large)));
            assertTrue(outbox.offer("between"));
            assertTrue(outbox.offer(PreparedMessage.text("keyed"), "key"));
            assertEquals(2, outbox.offerAll(texts(2, 3)));
            peer.receive(10 + MUCH.length);
            expectTexts(peer, 1, 1);
            for (PreparedMessage each : List.of(half, half, large, half, large)) {
                peer.expectFrame(FIN | BINARY, Frames.pattern(each.length()));
            }
            peer.expectFrame(FIN | TEXT, Frames.utf8("between"));
            peer.expectFrame(FIN | TEXT, Frames.utf8("keyed"));
            expectTexts(peer, 2, 3);
            assertTrue(outbox.flush(PATIENCE));
        }
    }

    @Test
    void ofMessagesThatAreOfferedTogetherTheFirstOnesFindRoom() throws Exception {
        WebSocketOptions options = TestPeer.quick()
                .closeTimeout(PATIENCE)
                .outbox(new OutboxOptions(3, MUCH.length, WhenFull.closePeer()))
                .build();
        try (TestPeer peer = TestPeer.connectTight(options)) {
            Outbox outbox = stuck(peer);
            assertEquals(3, outbox.offerAll(texts(1, 5)));
            assertEquals(0, outbox.offerAll(texts(6, 7)));
            peer.receive(10 + MUCH.length);
            peer.expectClose(1013, "too slow");
        }
    }

    @Test
    void ofMessagesThatAreOfferedTogetherTheLastOnesStayWhereTheOldestGiveWay() throws Exception {
        try (TestPeer peer = tight(new OutboxOptions(3, MUCH.length, WhenFull.dropOldest()))) {
            Outbox outbox = stuck(peer);
            assertEquals(5, outbox.offerAll(texts(1, 5)));
            assertEquals(2, outbox.dropped());
            peer.receive(10 + MUCH.length);
            expectTexts(peer, 3, 5);
        }
    }

    @Test
    void noneIsAcceptedIfOneIsLargerThanTheOutbox() throws Exception {
        try (TestPeer peer = tight(new OutboxOptions(100, 10, WhenFull.dropOldest()))) {
            Outbox outbox = peer.connection().outbox();
            List<PreparedMessage> messages =
                    List.of(PreparedMessage.text("short"), PreparedMessage.text("eleven byte"));
            assertThrows(IllegalArgumentException.class, () -> outbox.offerAll(messages));
            assertTrue(outbox.offer("next"));
            peer.expectFrame(FIN | TEXT, Frames.utf8("next"));
        }
    }

    @Test
    void messagesThatAreOfferedTogetherAreCompressed() throws Exception {
        WebSocketOptions options = TestPeer.quick().deflate(DeflateOptions.on()).build();
        byte[] alike = new byte[3000];
        PreparedMessage message = PreparedMessage.of(MessageType.BINARY, alike);
        try (TestPeer peer = TestPeer.connectDeflating(options, "")) {
            List<PreparedMessage> messages = List.of(message, PreparedMessage.text("short"), message);
            assertEquals(3, peer.connection().outbox().offerAll(messages));
            expectCompressed(peer, alike);
            peer.expectFrame(FIN | TEXT, Frames.utf8("short"));
            expectCompressed(peer, alike);
        }
    }

    private static void expectCompressed(TestPeer peer, byte[] payload) throws Exception {
        byte[] header = peer.receive(2);
        assertEquals((byte) (FIN | 0x40 | BINARY), header[0]);
        byte[] compressed = Arrays.copyOf(peer.receive(header[1]), header[1] + 4);
        compressed[header[1] + 2] = (byte) 0xff; // RFC 7692 section 7.2.2: 00 00 ff ff
        compressed[header[1] + 3] = (byte) 0xff;
        Inflater inflater = new Inflater(true);
        inflater.setInput(compressed);
        byte[] inflated = new byte[payload.length + 1];
        assertEquals(payload.length, inflater.inflate(inflated));
        assertArrayEquals(payload, Arrays.copyOf(inflated, payload.length));
        inflater.end();
    }

    @Test
    void aNewerMessageTakesThePlaceOfTheOneWithTheSameKey() throws Exception {
        try (TestPeer peer = tight(new OutboxOptions(3, MUCH.length, WhenFull.closePeer()))) {
            Outbox outbox = stuck(peer);
            assertTrue(outbox.offer(PreparedMessage.text("A 1"), "A"));
            assertTrue(outbox.offer(PreparedMessage.text("B 1"), "B"));
            assertTrue(outbox.offer("between"));
            for (int i = 2; i <= 100; i++) {
                assertTrue(outbox.offer(PreparedMessage.text("A " + i), "A"));
            }
            assertEquals(3, outbox.waiting());
            assertEquals(99, outbox.dropped());
            assertEquals("A 100".length() + "B 1".length() + "between".length(), outbox.waitingBytes());
            peer.receive(10 + MUCH.length);
            peer.expectFrame(FIN | TEXT, Frames.utf8("A 100"));
            peer.expectFrame(FIN | TEXT, Frames.utf8("B 1"));
            peer.expectFrame(FIN | TEXT, Frames.utf8("between"));
            assertTrue(outbox.flush(PATIENCE));
            assertTrue(outbox.offer(PreparedMessage.text("A 101"), "A"));
            peer.expectFrame(FIN | TEXT, Frames.utf8("A 101"));
        }
    }

    @Test
    void aClaimedConnectionIsWrittenByItsOutboxAlone() throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            assertTrue(peer.connection().outbox().claim());
            assertTrue(peer.connection().outbox().claim());
            assertThrows(ConcurrentWriteException.class, () -> peer.connection().writeMessage("past it"));
            assertFalse(peer.connection().outbox().claim());
        }
    }

    @Test
    void messagesLeaveInTheOrderInWhichTheyWereOffered() throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            Outbox outbox = peer.connection().outbox();
            assertTrue(outbox.offer("one"));
            assertTrue(outbox.offer(MessageType.BINARY, new byte[] {2}));
            assertTrue(outbox.offer(PreparedMessage.text("three")));
            assertTrue(outbox.offerJson(4));
            assertTrue(outbox.flush(PATIENCE));
            peer.expectHex("81 03 6f6e65 82 01 02 81 05 7468726565 81 01 34");
        }
    }

    @Test
    void manyThreadsOfferAndNoneMeetsTheDetector() throws Exception {
        int threads = 8;
        int each = 10_000;
        OutboxOptions options = OutboxOptions.defaults().withWhenFull(WhenFull.block(PATIENCE));
        try (TestPeer peer = TestPeer.connect(TestPeer.quick().outbox(options).build())) {
            Background<Integer> reading = Background.start(() -> {
                int bytes = threads * each * 3;
                return peer.receive(bytes).length;
            });
            List<Background<Void>> offering = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                offering.add(Background.run(() -> {
                    for (int n = 0; n < each; n++) {
                        assertTrue(peer.connection().outbox().offer("x"));
                    }
                }));
            }
            for (Background<Void> one : offering) {
                one.result();
            }
            assertTrue(peer.connection().outbox().flush(PATIENCE));
            assertEquals(threads * each * 3, reading.result());
            assertTrue(peer.logged().isEmpty());
        }
    }

    @Test
    void aDirectWriteBesideItFailsAtOnceAndSaysWhatToDo() throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            peer.connection().outbox().offer("through the outbox");
            assertTrue(peer.connection().outbox().flush(PATIENCE));
            assertThrows(ConcurrentWriteException.class, () -> peer.connection().writeMessage("past it"));
            ConcurrentWriteReport report = peer.logged().get(0);
            assertEquals(Kind.BROKEN_DISCIPLINE, report.kind());
            assertTrue(report.summary().contains("offer the message to outbox() instead"), report.summary());
            assertEquals("Outbox.offer", report.first().operation());
            assertFalse(peer.connection().outbox().offer("too late"));
        }
    }

    /** This holds even right after the first offer, when its message may not be written yet. */
    @Test
    void theFirstOfferDeclaresItBeforeItReturns() throws Exception {
        for (int round = 0; round < 50; round++) {
            try (TestPeer peer = TestPeer.connect()) {
                assertTrue(peer.connection().outbox().offer("first"));
                assertThrows(
                        ConcurrentWriteException.class, () -> peer.connection().writeMessage("direct"));
                // The outbox's writer makes it, if it was just beginning.
                Background.eventually("one log entry", () -> peer.logged().size() == 1);
            }
        }
    }

    @Test
    void whoeverOffersFirstWhileAnotherThreadWritesIsNamedInTheReport() throws Exception {
        try (TestPeer peer = TestPeer.connectTight(TestPeer.hasty().build())) {
            Background<Void> direct = Background.run(() -> peer.connection().writeMessage(MessageType.BINARY, MUCH))
                    .awaitStuckInWrite();
            ConcurrentWriteException e = assertThrows(
                    ConcurrentWriteException.class,
                    () -> peer.connection().outbox().offer("first"));
            assertEquals("Outbox.offer", e.report().second().operation());
            assertEquals("offer", e.report().second().stack().get(0).getMethodName());
            assertFalse(peer.connection().outbox().offer("second"));
            direct.failure(ConcurrentWriteException.class);
        }
    }

    @Test
    void aBurstToAPeerThatReadsIsOnlySlowedDown() throws Exception {
        int messages = 20_000;
        OutboxOptions patient = OutboxOptions.defaults()
                .withWhenFull(
                        WhenFull.closePeer(CloseCode.TRY_AGAIN_LATER, Duration.ofSeconds(5))); // on a busy machine
        try (TestPeer peer = TestPeer.connect(TestPeer.quick().outbox(patient).build())) {
            Background<byte[]> reading = Background.start(() -> peer.receive(messages * 3));
            for (int i = 0; i < messages; i++) {
                assertTrue(peer.connection().outbox().offer("x"));
            }
            assertEquals(messages * 3, reading.result().length);
        }
    }

    @Test
    void anOldWriteDeadlineDoesNotCutTheConnection() throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            peer.connection().setWriteDeadline(Instant.now().minusSeconds(1));
            assertTrue(peer.connection().outbox().offer("x"));
            peer.expectHex("81 01 78");
        }
    }

    @Test
    void flushWaitsForTheMessageInProgressThoughLaterOnesAreDropped() throws Exception {
        try (TestPeer peer = tight(new OutboxOptions(1, MUCH.length, WhenFull.dropOldest()))) {
            Outbox outbox = stuck(peer);
            Background<Boolean> flushing =
                    Background.start(() -> outbox.flush(PATIENCE)).awaitWaitingIn("Outbox.flush");
            assertTrue(outbox.offer("2"));
            assertTrue(outbox.offer("3"));
            assertEquals(1, outbox.dropped());
            assertFalse(outbox.flush(Duration.ZERO), "looks without waiting");
            assertFalse(flushing.isDone());
            peer.receive(10 + MUCH.length);
            assertTrue(flushing.result());
        }
    }

    @Test
    void aThreadOfTheOutboxInheritsNothingOfWhoeverOffers() throws Exception {
        InheritableThreadLocal<String> user = new InheritableThreadLocal<>();
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        AtomicReference<String> seen = new AtomicReference<>("nothing yet");
        AtomicReference<ClassLoader> context = new AtomicReference<>();
        try (TestPeer peer =
                tight(OutboxOptions.defaults().withMaxBytes(MUCH.length), transport -> new FilterTransport(transport) {
                    @Override
                    public boolean tryWrite(ByteBuffer[] buffers) throws IOException {
                        if (Thread.currentThread().getName().startsWith("websocket-outbox")) {
                            seen.set(user.get());
                            context.set(Thread.currentThread().getContextClassLoader());
                        }
                        return super.tryWrite(buffers);
                    }
                })) {
            user.set("alice");
            Outbox outbox = stuck(peer);
            for (int i = 0; i < 100; i++) { // more than a thread writes that has something else to do
                assertTrue(outbox.offer("x"));
            }
            peer.receive(10 + MUCH.length);
            for (int i = 0; i < 100; i++) {
                peer.expectHex("81 01 78");
            }
            assertNull(seen.get());
            assertSame(loader, context.get());
        } finally {
            user.remove();
        }
    }

    @Test
    void itTakesOverFromWhateverDisciplineWasDeclared() throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            peer.connection().declareWriteDiscipline(WriteDiscipline.confinedTo(Thread.currentThread()));
            peer.connection().writeMessage("a");
            peer.connection().outbox().offer("b");
            assertTrue(peer.connection().outbox().flush(PATIENCE));
            peer.expectHex("81 01 61 81 01 62");
            assertTrue(peer.logged().isEmpty());
        }
    }

    @Test
    void aPeerThatIsTooSlowIsClosedWith1013ByDefault() throws Exception {
        try (TestPeer peer = tight(OutboxOptions.defaults().withMaxMessages(2).withMaxBytes(MUCH.length))) {
            Outbox outbox = stuck(peer);
            assertTrue(outbox.offer("1"));
            assertTrue(outbox.offer("2"));
            assertFalse(outbox.offer("3"));
            assertFalse(peer.connection().isOpen());
            assertEquals(0, outbox.waiting());
            assertThrows(IOException.class, () -> outbox.flush(PATIENCE));
            peer.receive(10 + MUCH.length);
            peer.expectClose(1013, "too slow");
        }
    }

    @Test
    void theOldestGiveWayWhereThatWasAskedFor() throws Exception {
        OutboxOptions options = new OutboxOptions(3, MUCH.length, WhenFull.dropOldest());
        try (TestPeer peer = tight(options)) {
            Outbox outbox = stuck(peer);
            for (String price : new String[] {"1", "2", "3", "4", "5"}) {
                assertTrue(outbox.offer(price));
            }
            assertEquals(2, outbox.dropped());
            assertEquals(3, outbox.waiting());
            assertEquals(3, outbox.waitingBytes());
            peer.receive(10 + MUCH.length);
            for (String price : new String[] {"3", "4", "5"}) {
                peer.expectFrame(FIN | TEXT, Frames.utf8(price));
            }
            assertTrue(outbox.flush(PATIENCE));
        }
    }

    @Test
    void withBlockAnOfferWaitsForRoomUntilTheDeadline() throws Exception {
        OutboxOptions options = new OutboxOptions(1, MUCH.length, WhenFull.block(Duration.ofMillis(100)));
        try (TestPeer peer = tight(options)) {
            Outbox outbox = stuck(peer);
            assertTrue(outbox.offer("1"));
            assertFalse(outbox.offer("2"));
            assertTrue(peer.connection().isOpen());
            peer.receive(10 + MUCH.length);
            peer.expectFrame(FIN | TEXT, Frames.utf8("1"));
            assertTrue(outbox.offer("3"));
            peer.expectFrame(FIN | TEXT, Frames.utf8("3"));
        }
    }

    @Test
    void whoeverWaitsForRoomGetsIt() throws Exception {
        OutboxOptions options = new OutboxOptions(1, MUCH.length, WhenFull.block(PATIENCE));
        try (TestPeer peer = tight(options)) {
            Outbox outbox = stuck(peer);
            assertTrue(outbox.offer("1"));
            Background<Boolean> second =
                    Background.start(() -> outbox.offer("2")).awaitWaitingIn("Outbox.offer");
            peer.receive(10 + MUCH.length);
            assertTrue(second.result());
            peer.expectFrame(FIN | TEXT, Frames.utf8("1")).expectFrame(FIN | TEXT, Frames.utf8("2"));
        }
    }

    @Test
    void theBoundInBytesCountsWhatWaits() throws Exception {
        OutboxOptions options = new OutboxOptions(100, MUCH.length, WhenFull.dropOldest());
        try (TestPeer peer = tight(options)) {
            Outbox outbox = stuck(peer);
            assertTrue(outbox.offer(MessageType.BINARY, new byte[MUCH.length / 2]));
            assertTrue(outbox.offer(MessageType.BINARY, new byte[MUCH.length / 2]));
            assertEquals(MUCH.length, outbox.waitingBytes());
            assertTrue(outbox.offer("1"));
            assertEquals(1, outbox.dropped());
            assertEquals(MUCH.length / 2 + 1, outbox.waitingBytes());
        }
    }

    @Test
    void aMessageThatIsLargerThanTheOutboxIsRefusedWithBothSizes() throws Exception {
        OutboxOptions options = new OutboxOptions(100, 10, WhenFull.dropOldest());
        try (TestPeer peer = tight(options)) {
            IllegalArgumentException e = assertThrows(
                    IllegalArgumentException.class,
                    () -> peer.connection().outbox().offer("eleven byte"));
            assertTrue(e.getMessage().startsWith("message of 11 bytes is larger than the outbox, which holds 10"));
        }
    }

    @Test
    void closingTheConnectionWritesFirstWhatWasOffered() throws Exception {
        try (TestPeer peer = TestPeer.connectTight(TestPeer.quick()
                .closeTimeout(PATIENCE)
                .outbox(OutboxOptions.defaults().withMaxBytes(MUCH.length))
                .build())) {
            Outbox outbox = stuck(peer);
            for (int i = 0; i < 100; i++) {
                assertTrue(outbox.offer("x"));
            }
            Background<Void> closing = Background.run(peer.connection()::close).awaitWaitingIn("Outbox.close");
            peer.receive(10 + MUCH.length);
            for (int i = 0; i < 100; i++) {
                peer.expectHex("81 01 78");
            }
            peer.expectClose(1000);
            assertFalse(peer.connection().outbox().offer("too late"));
            peer.send(Frames.close(1000));
            closing.result();
        }
    }

    @Test
    void theEndOfTheConnectionWakesWhoeverWaits() throws Exception {
        OutboxOptions options = new OutboxOptions(1, MUCH.length, WhenFull.block(PATIENCE));
        try (TestPeer peer = tight(options)) {
            Outbox outbox = stuck(peer);
            assertTrue(outbox.offer("1"));
            Background<Boolean> offering =
                    Background.start(() -> outbox.offer("2")).awaitWaitingIn("Outbox.offer");
            Background<Boolean> flushing =
                    Background.start(() -> outbox.flush(PATIENCE)).awaitWaitingIn("Outbox.flush");
            peer.connection().abort();
            assertFalse(offering.result());
            flushing.failure(IOException.class);
            assertEquals(0, outbox.waiting());
        }
    }

    private static boolean isInsideAnOutbox(StackTraceElement frame) {
        return frame.getClassName().equals(ConnectionOutbox.class.getName())
                || frame.getClassName().equals(OutboxWriter.class.getName());
    }

    @Test
    void noThreadIsHeldWhileThereIsNothingToWrite() throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            Outbox outbox = peer.connection().outbox();
            for (int i = 0; i < 3; i++) {
                assertTrue(outbox.offer("x"));
                assertTrue(outbox.flush(PATIENCE));
                peer.expectHex("81 01 78");
            }
            Background.eventually(
                    "no thread is inside the outbox",
                    () -> Thread.getAllStackTraces().values().stream()
                            .flatMap(java.util.Arrays::stream)
                            .noneMatch(OutboxTest::isInsideAnOutbox));
        }
    }

    @Test
    void aPeerIsNotTooSlowForAThreadThatIsInterrupted() throws Exception {
        try (TestPeer peer = tight(OutboxOptions.defaults().withMaxMessages(1).withMaxBytes(MUCH.length))) {
            Outbox outbox = stuck(peer);
            assertTrue(outbox.offer("1"));
            Background.run(() -> {
                        Thread.currentThread().interrupt();
                        assertFalse(outbox.offer("2"));
                        assertTrue(Thread.interrupted());
                    })
                    .result();
            assertTrue(peer.connection().isOpen());
            peer.receive(10 + MUCH.length);
            peer.expectFrame(FIN | TEXT, Frames.utf8("1"));
        }
    }

    @Test
    void flushWaitsForItsMessageAlthoughALaterOneGoesBeforeIt() throws Exception {
        WhenFull patient = WhenFull.closePeer(CloseCode.TRY_AGAIN_LATER, PATIENCE);
        try (TestPeer peer = tight(new OutboxOptions(3, MUCH.length, patient))) {
            Outbox outbox = stuck(peer);
            assertTrue(outbox.offer("1"));
            Background<Boolean> flushing =
                    Background.start(() -> outbox.flush(PATIENCE)).awaitWaitingIn("ConnectionOutbox.awaitTaken");
            assertTrue(outbox.offer(PreparedMessage.text("old"), "key"));
            PreparedMessage large =
                    PreparedMessage.of(MessageType.BINARY, MUCH); // too large for the place of the old one
            Background<Boolean> replacing =
                    Background.start(() -> outbox.offer(large, "key")).awaitWaitingIn("ConnectionOutbox.makeRoom");
            assertEquals(1, outbox.waiting());
            flushing.awaitWaitingIn("ConnectionOutbox.awaitTaken");
            peer.receive(10 + MUCH.length);
            peer.expectFrame(FIN | TEXT, Frames.utf8("1"));
            assertTrue(replacing.result());
            peer.expectFrame(FIN | BINARY, MUCH);
            assertTrue(flushing.result());
        }
    }
}
