package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.BINARY;
import static io.twintrace.websocket.fixture.Frames.CONTINUATION;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.PONG;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.CloseException;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageTooBigException;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Cost;
import io.twintrace.websocket.fixture.FilterTransport;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TestPeer;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Vulnerabilities of other WebSocket implementations. Each test names where they occurred. */
class AttackTest {
    private static final int MIB = 1 << 20;

    // ---- Lengths --------------------------------------------------------------------------------------------------

    /** CVE-2020-13935, Tomcat: a 64-bit length with the top bit set was an endless loop. */
    @Test
    void aLengthWithTheTopBitSetIs1002WithinASecond() throws Exception {
        try (TestPeer peer = TestPeer.connect(WebSocketOptions.defaults())) {
            long begin = System.nanoTime();
            peer.sendHex("82 ff 80 00 00 00 00 00 00 00 00 00 00 00");
            assertEquals(
                    1002, peer.expectFailedRead(ProtocolException.class, 1002).closeCode());
            assertTrue(System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(5));
        }
    }

    /** CVE-2020-27813, gorilla/websocket: the sum of fragment lengths overflowed. */
    @ParameterizedTest
    @ValueSource(longs = {0, MIB, Long.MAX_VALUE})
    void fragmentsWhoseLengthsAddUpPast2To63AreTooBig(long limit) throws Exception {
        try (TestPeer peer = TestPeer.connect(TestPeer.quick().readLimit(limit).build())) {
            peer.send(Frames.masked(BINARY, new byte[10]), Frames.maskedHeader(FIN | CONTINUATION, Long.MAX_VALUE - 5));
            peer.expectFailedRead(MessageTooBigException.class, 1009);
        }
    }

    /** CVE-2026-19204, Jetty: for an unknown opcode the declared length was allocated first. */
    @ParameterizedTest
    @ValueSource(ints = {0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF})
    void aReservedOpcodeIs1002AndItsLengthIsNotAllocated(int opcode) throws Exception {
        for (long length : new long[] {1L << 31, 1L << 40}) {
            try (TestPeer peer = TestPeer.connect()) {
                peer.send(Frames.maskedHeader(FIN | opcode, length));
                Background<Cost> cost =
                        Cost.measure(() -> assertThrows(ProtocolException.class, peer.connection()::readMessage));
                peer.expectClose(1002).expectEof().sendEof();
                cost.result().assertAtMost(MIB, Duration.ofMillis(500));
            }
        }
    }

    /** The same for existing opcodes: memory grows only with what has arrived. */
    @Test
    void aHugeLengthWithinTheLimitIsNotAllocatedBeforeItArrives() throws Exception {
        try (TestPeer peer = TestPeer.connect(TestPeer.quick().readLimit(0).build())) {
            peer.send(Frames.maskedHeader(FIN | BINARY, Integer.MAX_VALUE - 100L), new byte[1000])
                    .sendEof();
            Background<Cost> cost =
                    Cost.measure(() -> assertThrows(CloseException.class, peer.connection()::readMessage));
            cost.result().assertAtMost(MIB, Duration.ofMillis(500));
        }
    }

    /** CVE-2026-15565, Undertow: no limit by default. */
    @Test
    void theDefaultConfigurationRefusesAMessageOf4GbInFragments() throws Exception {
        try (TestPeer peer = TestPeer.connect(WebSocketOptions.defaults())) {
            byte[] fragment = Frames.masked(CONTINUATION, new byte[64 * 1024]);
            Background<Void> sending = Background.run(() -> {
                peer.send(Frames.masked(BINARY, new byte[64 * 1024]));
                for (int i = 1; i < 65536; i++) {
                    peer.send(fragment);
                }
            });
            Background<Message> reading = Background.start(peer.connection()::readMessage);
            peer.expectClose(1009);
            reading.failure(MessageTooBigException.class);
            sending.failure(IOException.class);
        }
    }

    // ---- Fragments ------------------------------------------------------------------------------------------------

    /** CVE-2014-0193, Netty; CVE-2026-62389, ws; CVE-2026-12151, undici: fragments without end. */
    @Test
    void tenMillionEmptyContinuationsEndAtTheFragmentLimit() throws Exception {
        try (TestPeer peer = TestPeer.connect(WebSocketOptions.defaults())) {
            byte[] empties = Frames.repeat(Frames.maskedHeader(CONTINUATION, 0), 10_000);
            Background<Void> sending = Background.run(() -> {
                peer.send(Frames.masked(TEXT, new byte[0]));
                for (int i = 0; i < 1000; i++) {
                    peer.send(empties);
                }
                peer.sendEof();
            });
            Background<Cost> cost = Cost.measure(() -> assertEquals(
                    1008,
                    assertThrows(ProtocolException.class, peer.connection()::readMessage)
                            .closeCode()));
            peer.expectClose(1008);
            cost.result().assertAtMost(MIB, Duration.ofSeconds(5));
            peer.socket().close();
            sending.awaitEnd();
        }
    }

    /** CVE-2026-9675, undici: the limit held for each frame, not for the message. */
    @Test
    void framesBelowTheLimitWhoseSumIsAboveAreTooBig() throws Exception {
        try (TestPeer peer = TestPeer.connect(TestPeer.quick().readLimit(1000).build())) {
            peer.send(Frames.masked(BINARY, new byte[100]));
            peer.send(Frames.repeat(Frames.masked(CONTINUATION, new byte[100]), 10));
            peer.expectFailedRead(MessageTooBigException.class, 1009);
        }
    }

    // ---- Floods ---------------------------------------------------------------------------------------------------

    /** CVE-2026-109932, undici: pongs queued without bound. */
    @Test
    void pongsToAFloodOfPingsThatNobodyReadsDoNotPileUp() throws Exception {
        try (TestPeer peer = TestPeer.connectTight(TestPeer.quick().build())) {
            Background<Void> writing = Background.run(
                            () -> peer.connection().writeMessage(MessageType.BINARY, new byte[4 * MIB]))
                    .awaitStuckInWrite();
            Background<Message> reading = Background.start(peer.connection()::readMessage);
            byte[] pings = Frames.repeat(Frames.masked(FIN | Frames.PING, new byte[125]), 1000);
            for (int i = 0; i < 100; i++) {
                peer.send(pings);
            }
            peer.send(Frames.text("end"));
            assertEquals("end", reading.result().text());
            assertTrue(Shared.of(peer.options()).pools().write().lent() <= 2, "one frame in flight, and no queue");
            peer.connection().abort();
            writing.failure(IOException.class);
        }
    }

    /** A writing thread must not send pongs for as long as pings come. */
    @Test
    void aFloodOfPingsDoesNotKeepAWriter() throws Exception {
        byte[] ping = Frames.maskedHeader(FIN | Frames.PING, 0);
        try (TestPeer peer = TestPeer.connect(TestPeer.quick().build(), inner -> new FilterTransport(inner) {
            @Override
            public int read(ByteBuffer into) {
                into.put(ping);
                return ping.length;
            }

            @Override
            public boolean tryWrite(ByteBuffer[] buffers) {
                LockSupport.parkNanos(20_000); // meanwhile another ping is read
                Arrays.stream(buffers).forEach(buffer -> buffer.position(buffer.limit()));
                return true;
            }
        })) {
            Background<Message> reading = Background.start(peer.connection()::readMessage);
            Background<Void> writing = Background.run(() -> {
                for (int i = 0; i < 100; i++) {
                    peer.connection().writeMessage("tick");
                }
            });
            writing.result();
            peer.connection().setReadDeadline(Instant.now());
            reading.failure(SocketTimeoutException.class);
        }
    }

    /** CVE-2021-3690, Undertow: a buffer leaked at each Pong. */
    @Test
    void aMillionPongsLeakNothing() throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            byte[] pongs = Frames.repeat(Frames.maskedHeader(FIN | PONG, 0), 10_000);
            Background<Message> reading = Background.start(peer.connection()::readMessage);
            for (int i = 0; i < 100; i++) {
                peer.send(pongs);
            }
            peer.send(Frames.text("end"));
            assertEquals("end", reading.result().text());
            Background<Message> waiting =
                    Background.start(peer.connection()::readMessage).awaitReading();
            peer.expectNothingLent();
            peer.sendEof();
            waiting.failure(CloseException.class);
        }
    }

    // ---- Ends -----------------------------------------------------------------------------------------------------

    static List<byte[]> parserStates() {
        byte[] frame = Frames.masked(BINARY, new byte[70_000]);
        byte[] control = Frames.ping("ping");
        return List.of(
                new byte[0],
                Arrays.copyOf(frame, 1),
                Arrays.copyOf(frame, 2),
                Arrays.copyOf(frame, 9),
                Arrays.copyOf(frame, 12),
                Arrays.copyOf(frame, 14),
                Arrays.copyOf(frame, 60_000),
                frame,
                Frames.concat(frame, Arrays.copyOf(control, 8)),
                Frames.concat(frame, control));
    }

    /** CVE-2017-2670, Undertow: a thread spun after an unclean close. */
    @ParameterizedTest
    @MethodSource("parserStates")
    void aResetInThisStateOfTheParserEndsTheReaderAndUsesNoProcessor(byte[] sent) throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            Background<Cost> reading = Cost.measure(() -> {
                assertThrows(IOException.class, peer.connection()::readMessage);
                peer.connection().close();
            });
            reading.awaitReading();
            peer.send(sent);
            peer.reset();
            reading.result().assertAtMost(MIB, Duration.ofMillis(500));
            reading.awaitEnd();
            peer.expectNothingLent();
        }
    }

    /** CVE-2026-79677 and CVE-2024-23672, Tomcat: a lost write timeout, a close that never ends. */
    @Test
    void aPeerThatNeverReadsOrAnswersHoldsNobodyBeyondTheTimeouts() throws Exception {
        try (TestPeer peer = TestPeer.connectTight(
                TestPeer.quick().writeTimeout(Duration.ofMillis(200)).build())) {
            long begin = System.nanoTime();
            assertThrows(
                    IOException.class,
                    () -> peer.connection().writeMessage(MessageType.BINARY, ByteBuffer.allocate(4 * MIB)));
            peer.connection().close();
            assertTrue(System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(5));
        }
    }

    // ---- Control frames -------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(ints = {Frames.CLOSE, Frames.PING, PONG})
    void aControlFrameOfMoreThan125BytesIs1002BeforeItsPayload(int opcode) throws Exception {
        for (long length : new long[] {126, 65536, Long.MAX_VALUE}) {
            try (TestPeer peer = TestPeer.connect()) {
                peer.send(Arrays.copyOf(Frames.maskedHeader(FIN | opcode, length), 2));
                peer.expectFailedRead(ProtocolException.class, 1002);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Frames.CLOSE, Frames.PING, PONG})
    void aFragmentedControlFrameIs1002(int opcode) throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            peer.send(Frames.masked(opcode, new byte[0]));
            peer.expectFailedRead(ProtocolException.class, 1002);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 32768, 65535})
    void aCloseCodeOutOfRangeIs1002(int code) throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            peer.send(Frames.close(code));
            peer.expectFailedRead(ProtocolException.class, 1002);
        }
    }

    @Test
    void halfACloseCodeIs1002() throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            peer.send(Frames.masked(FIN | Frames.CLOSE, new byte[] {3}));
            peer.expectFailedRead(ProtocolException.class, 1002);
        }
    }
}
