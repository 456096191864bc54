package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.BINARY;
import static io.twintrace.websocket.fixture.Frames.CONTINUATION;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.RSV1;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.ByteCounts;
import io.twintrace.websocket.CloseException;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageTooBigException;
import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Cost;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TestPeer;
import io.twintrace.websocket.handshake.DeflateOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks that compression makes possible. Each test names where they worked. */
class CompressionAttackTest {
    private static final int MIB = 1 << 20;

    /** "Hello". */
    private static final byte[] HELLO = Frames.hex("f2 48 cd c9 c9 07 00");

    private static WebSocketOptions.Builder deflating() {
        return TestPeer.quick().deflate(DeflateOptions.on());
    }

    private static TestPeer connect(WebSocketOptions.Builder options) {
        return TestPeer.connectDeflating(options.build(), "");
    }

    // ---- Bombs ----------------------------------------------------------------------------------------------------

    /** The ways in which a handler may read a message. */
    enum Reading {
        WHOLE {
            @Override
            void read(BlockingConnection connection) throws IOException {
                connection.readMessage();
            }
        },
        IN_PIECES {
            @Override
            void read(BlockingConnection connection) throws IOException {
                connection.nextReader().transferTo(OutputStream.nullOutputStream());
            }
        },
        SKIPPED {
            @Override
            void read(BlockingConnection connection) throws IOException {
                connection.nextReader();
                connection.readMessage();
            }
        };

        abstract void read(BlockingConnection connection) throws IOException;
    }

    /** A message of that many mebibytes, all zeros. DEFLATE packs them 1032 to 1 at best. */
    private static byte[] bomb(int mebibytes) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        deflater.setInput(new byte[MIB]);
        byte[] packed = new byte[8192];
        int length = deflater.deflate(packed, 0, packed.length, Deflater.FULL_FLUSH);
        deflater.end();
        byte[] all = Frames.repeat(Arrays.copyOf(packed, length), mebibytes);
        return Arrays.copyOf(all, all.length - 4); // without the tail
    }

    /**
     * CVE-2018-1000518, websockets; CVE-2026-39804, Bandit; CVE-2026-54464, websocket-driver: only the compressed size
     * was limited.
     */
    @ParameterizedTest
    @EnumSource
    void aMebibyteThatInflatesToAGibibyteStopsAtTheLimit(Reading reading) throws Exception {
        try (TestPeer peer = connect(deflating())) {
            byte[] bomb = Frames.masked(FIN | RSV1 | BINARY, bomb(1024));
            assertTrue(bomb.length < 1.1 * MIB, "the frame itself passes the limit");
            Background<Void> sending = Background.run(() -> peer.send(bomb));
            Background<Cost> cost = Cost.measure(
                    () -> assertThrows(MessageTooBigException.class, () -> reading.read(peer.connection())));
            peer.expectClose(1009);
            cost.result().assertAtMost(4 * MIB, Duration.ofSeconds(1));
            ByteCounts traffic = peer.connection().byteCounts();
            assertTrue(traffic.received() <= MIB + 16 * 1024, traffic::toString);
            assertTrue(traffic.receivedOnWire() <= 16 * 1024, traffic::toString);
            peer.socket().close();
            sending.awaitEnd();
        }
    }

    /** The same a thousand times smaller: a small limit stops a small bomb. */
    @ParameterizedTest
    @EnumSource
    void aKibibyteThatInflatesToAMebibyteStopsAtASmallLimit(Reading reading) throws Exception {
        try (TestPeer peer = connect(deflating().readLimit(1000))) {
            peer.send(Frames.masked(FIN | RSV1 | BINARY, bomb(1)));
            Background<Cost> cost = Cost.measure(
                    () -> assertThrows(MessageTooBigException.class, () -> reading.read(peer.connection())));
            peer.expectClose(1009);
            cost.result().assertAtMost(MIB, Duration.ofSeconds(1));
        }
    }

    /** CVE-2026-9675, undici: the limit held for each frame, not for the message. */
    @Test
    void fragmentsThatInflateToLessThanTheLimitEachAreTooBigTogether() throws Exception {
        byte[] hundredBytes = Frames.concat(Frames.hex("00 64 00 9b ff"), new byte[100]); // a stored block
        try (TestPeer peer = connect(deflating().readLimit(1000))) {
            peer.send(Frames.masked(RSV1 | BINARY, hundredBytes));
            peer.send(Frames.repeat(Frames.masked(CONTINUATION, hundredBytes), 10));
            peer.expectFailedRead(MessageTooBigException.class, 1009);
        }
    }

    /** A closing thread drops further input and watches the clock meanwhile, even without a read limit. */
    @Test
    void bombsDoNotKeepACloseBeyondItsTimeout() throws Exception {
        try (TestPeer peer = connect(deflating().readLimit(0))) {
            byte[] bomb = Frames.masked(FIN | RSV1 | BINARY, bomb(1024));
            Background<Void> sending = Background.run(() -> {
                while (true) {
                    peer.send(bomb);
                }
            });
            long begin = System.nanoTime();
            Background.run(peer.connection()::close).result();
            assertTrue(System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(8));
            sending.failure(IOException.class);
        }
    }

    // ---- Data that inflates to nothing ----------------------------------------------------------------------------

    /**
     * CVE-2018-1000518, websockets, reversed: the compressed size limits data that inflates to nothing. Empty blocks,
     * stored and final ones, follow as much history as possible: an inflater that begins anew after a final block needs
     * all of it again.
     */
    @ParameterizedTest
    @ValueSource(strings = {"00 00 00 ff ff", "02 00 00 00 ff ff", "01 00 00 ff ff", "03 00"})
    void endlessDataThatInflatesToNothingIsTooBigAtTwiceTheLimit(String block) throws Exception {
        try (TestPeer peer = connect(deflating())) {
            readHistory(peer);
            long before = peer.connection().byteCounts().receivedOnWire();
            byte[] blocks = Frames.repeat(Frames.hex(block), 10_000);
            Background<Void> sending = Background.run(() -> {
                peer.send(Frames.masked(RSV1 | BINARY, blocks));
                while (true) {
                    peer.send(Frames.masked(CONTINUATION, blocks));
                }
            });
            Background<Cost> cost =
                    Cost.measure(() -> assertThrows(MessageTooBigException.class, peer.connection()::readMessage));
            peer.expectClose(1009);
            cost.result().assertAtMost(MIB, Duration.ofSeconds(8));
            long taken = peer.connection().byteCounts().receivedOnWire() - before;
            assertTrue(taken <= 2 * MIB + 1024, taken + " bytes taken");
            peer.socket().close();
            sending.failure(IOException.class);
        }
    }

    /** 32 KiB of noise that may be referred to. */
    private static void readHistory(TestPeer peer) throws IOException {
        for (int i = 0; i < 32; i++) {
            byte[] noise = new byte[1024];
            new Random(i).nextBytes(noise);
            byte[] stored = Frames.concat(Frames.hex("00 00 04 ff fb"), noise, new byte[1]);
            peer.send(Frames.masked(FIN | RSV1 | BINARY, stored));
            peer.connection().readMessage();
        }
    }

    @Test
    void aFrameLongerThanThatIsRefusedBeforeItsPayload() throws Exception {
        try (TestPeer peer = connect(deflating().readLimit(1000))) {
            peer.send(Frames.masked(FIN | RSV1 | TEXT, Frames.repeat(Frames.hex("03 00"), (2 * 1000 + 1024) / 2)));
            assertEquals("", peer.connection().readMessage().text());
            peer.send(Frames.maskedHeader(FIN | RSV1 | TEXT, 2 * 1000 + 1024 + 1));
            peer.expectFailedRead(MessageTooBigException.class, 1009);
        }
    }

    /** CVE-2020-27813, gorilla/websocket: the sum of fragment lengths overflowed. */
    @ParameterizedTest
    @ValueSource(longs = {0, MIB, Long.MAX_VALUE / 2, Long.MAX_VALUE})
    void compressedFragmentsWhoseLengthsAddUpPast2To63AreTooBig(long limit) throws Exception {
        try (TestPeer peer = connect(deflating().readLimit(limit))) {
            peer.send(Frames.masked(RSV1 | BINARY, HELLO), Frames.maskedHeader(FIN | CONTINUATION, Long.MAX_VALUE - 5));
            peer.expectFailedRead(MessageTooBigException.class, 1009);
        }
    }

    /** CVE-2026-19204, Jetty: a declared length was allocated before it was looked at. */
    @ParameterizedTest
    @ValueSource(longs = {1L << 31, 1L << 62, Long.MAX_VALUE})
    void aHugeCompressedLengthIsNotAllocatedBeforeItArrives(long length) throws Exception {
        try (TestPeer peer = connect(deflating().readLimit(0))) {
            peer.send(Frames.maskedHeader(FIN | RSV1 | BINARY, length), HELLO).sendEof();
            Background<Cost> cost =
                    Cost.measure(() -> assertThrows(CloseException.class, peer.connection()::readMessage));
            cost.result().assertAtMost(MIB, Duration.ofMillis(500));
        }
    }

    // ---- Fragments ------------------------------------------------------------------------------------------------

    /** CVE-2014-0193, Netty; CVE-2026-62389, ws; CVE-2026-12151, undici: fragments without end. */
    @Test
    void emptyContinuationsOfACompressedMessageEndAtTheFragmentLimit() throws Exception {
        try (TestPeer peer = connect(deflating())) {
            byte[] empties = Frames.repeat(Frames.maskedHeader(CONTINUATION, 0), 10_000);
            Background<Void> sending = Background.run(() -> {
                peer.send(Frames.masked(RSV1 | TEXT, HELLO));
                for (int i = 0; i < 1000; i++) {
                    peer.send(empties);
                }
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

    @Test
    void aMillionEmptyFragmentsInsideACompressedMessageChangeNothing() throws Exception {
        try (TestPeer peer = connect(deflating())) {
            byte[] empties = Frames.repeat(Frames.maskedHeader(CONTINUATION, 0), 10_000);
            Background<Void> sending = Background.run(() -> {
                peer.send(Frames.masked(RSV1 | TEXT, Arrays.copyOf(HELLO, 3)));
                for (int i = 0; i < 100; i++) {
                    peer.send(empties);
                }
                peer.send(Frames.masked(FIN | CONTINUATION, Arrays.copyOfRange(HELLO, 3, HELLO.length)));
                peer.send(Frames.text("plain"), Frames.masked(FIN | RSV1 | TEXT, HELLO));
            });
            for (String text : new String[] {"Hello", "plain", "Hello"}) {
                assertEquals(text, peer.connection().readMessage().text());
            }
            sending.result();
        }
    }

    // ---- Memory and error texts -----------------------------------------------------------------------------------

    /** CVE-2021-3690, Undertow: a buffer leaked at each Pong. */
    @Test
    void aHundredThousandCompressedMessagesWithPongsInsideLeakNothing() throws Exception {
        try (TestPeer peer = connect(deflating())) {
            byte[] messages = Frames.repeat(
                    Frames.concat(
                            Frames.masked(RSV1 | TEXT, Arrays.copyOf(HELLO, 3)),
                            Frames.maskedHeader(FIN | Frames.PONG, 0),
                            Frames.masked(FIN | CONTINUATION, Arrays.copyOfRange(HELLO, 3, HELLO.length))),
                    1000);
            Background<Void> sending = Background.run(() -> {
                for (int i = 0; i < 100; i++) {
                    peer.send(messages);
                }
            });
            for (int i = 0; i < 100_000; i++) {
                assertEquals(5, peer.connection().readMessage().payload().length);
            }
            sending.result();
            Background<Message> waiting =
                    Background.start(peer.connection()::readMessage).awaitReading();
            peer.expectNothingLent();
            assertEquals(0, Shared.of(peer.options()).pools().deflate().lent());
            peer.sendEof();
            waiting.failure(CloseException.class);
        }
    }

    /** CVE-2017-2670, Undertow: a thread spun after an unclean close. */
    @Test
    void aResetInACompressedMessageEndsTheReaderAndFreesTheInflater() throws Exception {
        byte[] frames = Frames.concat(
                Frames.masked(RSV1 | TEXT, Arrays.copyOf(HELLO, 3)),
                Frames.masked(FIN | CONTINUATION, Arrays.copyOfRange(HELLO, 3, HELLO.length)));
        for (int cut = 1; cut < frames.length; cut++) {
            try (TestPeer peer = connect(deflating())) {
                peer.send(Arrays.copyOf(frames, cut));
                Background<Cost> cost =
                        Cost.measure(() -> assertThrows(IOException.class, peer.connection()::readMessage));
                peer.reset();
                cost.result().assertAtMost(MIB, Duration.ofMillis(500));
                assertEquals(0, Shared.of(peer.options()).pools().deflate().lent(), "cut at " + cut);
            }
        }
    }

    /** CVE-2026-47893, Spring: the text of an exception quoted what the peer had sent. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "00 06 00 f9 ff 63 61 6e 61 72 79 07", // a stored "canary", and a block of type 3
                "00 06 00 f9 ff 63 61 6e 61 72 79 00 10 00 00 ff", // and one whose lengths differ
                "00 20 00 df ff 63 61 6e 61 72 79", // a stored block that is cut short
                "00 07 00 f8 ff 63 61 6e 61 72 79 ff 00" // and text that is not UTF-8
            })
    void whatIsSaidOfBrokenDataDoesNotQuoteIt(String hex) throws Exception {
        try (TestPeer peer = connect(deflating())) {
            peer.send(Frames.masked(FIN | RSV1 | TEXT, Frames.hex(hex)));
            ProtocolException e = peer.expectFailedRead(ProtocolException.class, 1007);
            StringWriter all = new StringWriter();
            e.printStackTrace(new PrintWriter(all, true));
            assertFalse(all.toString().contains("canary"), all::toString);
        }
    }
}
