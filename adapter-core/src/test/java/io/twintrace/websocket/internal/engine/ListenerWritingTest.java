package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.concat;
import static io.twintrace.websocket.fixture.Frames.masked;
import static io.twintrace.websocket.fixture.Frames.pattern;
import static io.twintrace.websocket.fixture.Frames.plain;
import static io.twintrace.websocket.fixture.Frames.repeat;
import static io.twintrace.websocket.fixture.Frames.text;
import static io.twintrace.websocket.fixture.Frames.utf8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.PendingWritesException;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.EchoingListener;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.ListeningPeer;
import io.twintrace.websocket.fixture.RecordingListener;
import io.twintrace.websocket.fixture.ServerFrames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Writing inside a listener's calls: messages leave together, never wait, and are bounded. */
class ListenerWritingTest {
    static final WebSocketListener ECHO = new WebSocketListener() {
        @Override
        public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
            connection.writeMessage(message);
        }
    };

    private static final byte[] ECHO_OF_100 = plain(0x82, pattern(100));

    private static byte[] hundred() {
        return masked(FIN | Frames.BINARY, pattern(100));
    }

    @Test
    void whatOneReadHasBroughtIsAnsweredByOneWrite() {
        try (ListeningPeer peer = ListeningPeer.connect(ECHO)) {
            peer.send(repeat(text("hello"), 16));
            assertArrayEquals(repeat(plain(0x81, utf8("hello")), 16), peer.received());
            assertEquals(1, peer.writes());
        }
    }

    @Test
    void whatHasArrivedInMoreThanOneReadIsAnsweredReadByRead() {
        WebSocketOptions options = ListeningPeer.quick().readBufferSize(256).build();
        byte[] hello = text("hello");
        int inOneRead = 256 / hello.length;
        try (ListeningPeer peer = ListeningPeer.connect(ECHO, options)) {
            peer.send(repeat(hello, 4 * inOneRead));
            assertArrayEquals(repeat(plain(0x81, utf8("hello")), 4 * inOneRead), peer.received());
            assertEquals(4, peer.writes());
        }
    }

    private static byte[] receive(ListeningPeer peer, int length) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Background.eventually(length + " bytes", () -> {
            all.writeBytes(peer.received());
            return all.size() >= length;
        });
        return all.toByteArray();
    }

    /** The thread of the call has other connections to serve. */
    @Test
    void anAnswerOfManyMegabytesIsWrittenOnByAnotherThread() {
        byte[] much = pattern(3 << 20);
        WebSocketListener answer = new WebSocketListener() {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
                connection.writeMessage(MessageType.BINARY, much.clone());
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(answer)) {
            byte[] expected = plain(0x82, much);
            for (int i = 0; i < 2; i++) {
                peer.send(text("a"));
                assertArrayEquals(expected, receive(peer, expected.length));
            }
        }
    }

    /** It is still inside its write, where the listener's answer would be a nested one. */
    @Test
    void aThreadThatWritesManyMegabytesDoesNotServeTheListener() throws Exception {
        byte[] much = pattern(3 << 20);
        EchoingListener echo = new EchoingListener();
        try (ListeningPeer peer = ListeningPeer.connect(echo)) {
            int beginsThird = 8 + 1; // of the megabytes, in pieces of 128 KiB; the first leaves at once
            peer.beforePiece(
                    beginsThird,
                    () -> CompletableFuture.runAsync(() -> peer.sendOnly(text("hello")))
                            .join());
            peer.connection().writeMessage(MessageType.BINARY, much);
            peer.settle();
            byte[] expected = concat(plain(0x82, much), plain(0x81, utf8("hello")));
            assertArrayEquals(expected, receive(peer, expected.length));
            assertEquals("null", echo.end());
        }
    }

    @Test
    void answersThatFillMoreThanABufferLeaveInTheirOrder() {
        byte[] mixed = concat(hundred(), masked(FIN | Frames.BINARY, pattern(40_000)), hundred());
        try (ListeningPeer peer = ListeningPeer.connect(ECHO)) {
            peer.send(repeat(mixed, 5));
            byte[] expected = concat(ECHO_OF_100, plain(0x82, pattern(40_000)), ECHO_OF_100);
            assertArrayEquals(repeat(expected, 5), peer.received());
            assertEquals(0, peer.lentBuffers());
        }
    }

    @Test
    void aListenerCanFlushEarlier() {
        WebSocketListener hasty = new WebSocketListener() {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
                connection.writeMessage(message);
                connection.flush();
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(hasty)) {
            peer.send(repeat(text("hello"), 3));
            assertEquals(3, peer.writes());
        }
    }

    @Test
    void thePieceThatAWriterFlushesLeavesAtOnce() {
        AtomicReference<ListeningPeer> self = new AtomicReference<>();
        List<byte[]> seen = new ArrayList<>();
        WebSocketListener streaming = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) throws Exception {
                try (MessageWriter writer = connection.nextWriter(MessageType.TEXT)) {
                    writer.write("a");
                    writer.flush();
                    seen.add(self.get().received());
                }
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(streaming)) {
            self.set(peer);
            peer.send(text("x"));
            assertArrayEquals(Frames.hex("01 01 61"), seen.get(0));
            assertArrayEquals(Frames.hex("80 00"), peer.received());
        }
    }

    @Test
    void whatIsWrittenToOthersLeavesAtTheEndOfTheCallToo() {
        RecordingListener quiet = new RecordingListener();
        try (ListeningPeer other = ListeningPeer.connect(quiet)) {
            WebSocketListener telling = new WebSocketListener() {
                @Override
                public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
                    other.connection().writeMessage(message);
                    connection.writeMessage(message);
                }
            };
            try (ListeningPeer peer = ListeningPeer.connect(telling)) {
                peer.send(text("a"), text("b"));
                byte[] expected = concat(plain(0x81, utf8("a")), plain(0x81, utf8("b")));
                assertArrayEquals(expected, other.received());
                assertArrayEquals(expected, peer.received());
                assertEquals(1, other.writes());
                assertEquals(1, peer.writes());
            }
        }
    }

    @Test
    void aLargeMessageLeavesWithItsHeaderInOneGatheringWrite() throws Exception {
        try (ListeningPeer peer = ListeningPeer.connect(ECHO)) {
            peer.connection().writeMessage(MessageType.BINARY, pattern(100_000));
            assertEquals(1, peer.writes());
            assertEquals(List.of(10, 100_000), peer.lastWrite());
            assertArrayEquals(plain(0x82, pattern(100_000)), peer.received());
        }
    }

    @Test
    void aSmallMessageLeavesWithItsHeaderInOneBuffer() throws Exception {
        try (ListeningPeer peer = ListeningPeer.connect(ECHO)) {
            peer.connection().writeMessage(MessageType.BINARY, pattern(100));
            assertEquals(1, peer.writes());
            assertEquals(List.of(102), peer.lastWrite());
        }
    }

    /** Another look at the input costs little here, and may save a write to each peer. */
    @Test
    void severalReadsForMoreThanEightPeersLeaveInOneWriteToEach() {
        assertWritesToEach(9, 1);
    }

    @Test
    void whatSeveralReadsHaveBroughtForEightPeersLeavesReadByRead() {
        assertWritesToEach(8, 4);
    }

    /** Checks the writes that follow from the input of four reads. */
    private static void assertWritesToEach(int peers, int writes) {
        List<ListeningPeer> all = new ArrayList<>();
        WebSocketListener telling = new WebSocketListener() {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
                for (ListeningPeer each : all) {
                    each.connection().writeMessage(message);
                }
            }
        };
        byte[] hello = text("hello");
        int messages = 4 * (256 / hello.length);
        for (int i = 0; i < peers; i++) {
            all.add(ListeningPeer.connect(new RecordingListener()));
        }
        WebSocketOptions options = ListeningPeer.quick().readBufferSize(256).build();
        try (ListeningPeer sender = ListeningPeer.connect(telling, options)) {
            sender.send(repeat(hello, messages));
            for (ListeningPeer each : all) {
                assertEquals(writes, each.writes());
                assertArrayEquals(repeat(plain(0x81, utf8("hello")), messages), each.received());
            }
        } finally {
            all.forEach(ListeningPeer::close);
        }
    }

    /** Another connection's call, which wrote here first, takes its time. */
    @Test
    void whatACallHasWrittenLeavesAtItsEndWhoeverElseIsInOne() throws Exception {
        CountDownLatch written = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        try (ListeningPeer peer = ListeningPeer.connect(ECHO)) {
            WebSocketListener slow = new WebSocketListener() {
                @Override
                public void onMessage(WebSocketConnection connection, MessageView message) throws Exception {
                    peer.connection().writeMessage("a");
                    written.countDown();
                    mayEnd.await();
                }
            };
            try (ListeningPeer other = ListeningPeer.connect(slow)) {
                Background<Void> call = Background.run(() -> other.send(text("begin")));
                written.await();
                peer.send(text("b"));
                byte[] both = concat(plain(0x81, utf8("a")), plain(0x81, utf8("b")));
                byte[] received = peer.received();
                mayEnd.countDown();
                call.result();
                assertArrayEquals(both, received);
                assertArrayEquals(new byte[0], peer.received());
                assertEquals(0, peer.lentBuffers());
            }
        }
    }

    /** Every message has the write timeout for itself. */
    @Test
    void aSlowPeerThatGetsEveryMessageInTimeIsNotCutOff() {
        WebSocketOptions options =
                ListeningPeer.quick().writeTimeout(Duration.ofMillis(2_500)).build();
        try (ListeningPeer slow = ListeningPeer.connectLazy(new RecordingListener(), options, 0)) {
            WebSocketListener broadcasting = new WebSocketListener() {
                @Override
                public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
                    slow.connection().writeMessage(message);
                }
            };
            try (ListeningPeer other = ListeningPeer.connect(broadcasting, options)) {
                other.send(hundred());
                for (int i = 0; i < 20; i++) {
                    long next = System.nanoTime() + 200_000_000;
                    other.send(hundred());
                    slow.readMore(ECHO_OF_100.length); // one message always waits, for 200 ms
                    Background.eventually("a moment later", () -> {
                        slow.settle();
                        return System.nanoTime() - next > 0;
                    });
                }
                assertTrue(slow.connection().isOpen());
                slow.readMore(1000);
                assertArrayEquals(repeat(ECHO_OF_100, 21), slow.received());
            }
        }
    }

    @Test
    void aPeerThatDoesNotReadIsNotReadFromEither() {
        try (ListeningPeer peer =
                ListeningPeer.connectLazy(ECHO, ListeningPeer.quick().build(), 30)) {
            peer.send(hundred());
            peer.send(hundred());
            assertArrayEquals(Arrays.copyOf(ECHO_OF_100, 30), peer.received());
            assertFalse(peer.isReadFrom());
            peer.readMore(10_000);
            byte[] both = repeat(ECHO_OF_100, 2);
            assertArrayEquals(Arrays.copyOfRange(both, 30, both.length), peer.received());
            assertTrue(peer.isReadFrom());
        }
    }

    @Test
    void oneReadsMessagesAreShownOnlyAsFastAsThePeerTakesTheAnswers() {
        RecordingListener echo = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) throws Exception {
                super.onText(connection, text);
                connection.writeMessage(text);
                connection.flush();
            }
        };
        try (ListeningPeer peer =
                ListeningPeer.connectLazy(echo, ListeningPeer.quick().build(), 1)) {
            peer.send(text("one"), text("two"), text("three"));
            assertEquals(List.of("open", "text one"), echo.calls());
            peer.readMore(5);
            assertEquals(List.of("open", "text one", "text two"), echo.calls());
            peer.readMore(1000);
            assertEquals(List.of("open", "text one", "text two", "text three"), echo.calls());
        }
    }

    @Test
    void whatWaitsForThePeerIsBounded() {
        WebSocketListener talkative = new WebSocketListener() {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
                for (int i = 0; i < 100; i++) {
                    connection.writeMessage(message);
                    connection.flush();
                }
            }
        };
        WebSocketOptions options = ListeningPeer.quick().pendingWriteLimit(1000).build();
        try (ListeningPeer peer = ListeningPeer.connectLazy(talkative, options, 0)) {
            peer.send(hundred());
            PendingWritesException e =
                    assertInstanceOf(PendingWritesException.class, peer.errors().get(0));
            assertTrue(e.getMessage().contains("1000"), e.getMessage());
            peer.readMore(100_000);
            byte[] received = peer.received();
            assertEquals(1011, WebSocketListenerTest.closeCode(received));
            assertTrue(received.length < 1000 + 300, () -> received.length + " bytes");
        }
    }

    /** If the message ended, the peer would take the part that has left for the whole. */
    @Test
    void aMessageInPiecesBeyondThePendingWriteLimitIsNeverCompleted() {
        WebSocketListener talkative = new WebSocketListener() {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
                try (MessageWriter writer = connection.nextWriter(MessageType.BINARY)) {
                    for (int i = 0; i < 100; i++) {
                        writer.write(pattern(100));
                        writer.flush();
                    }
                }
            }
        };
        WebSocketOptions options = ListeningPeer.quick().pendingWriteLimit(1000).build();
        try (ListeningPeer peer = ListeningPeer.connectLazy(talkative, options, 0)) {
            peer.send(hundred());
            assertInstanceOf(PendingWritesException.class, peer.errors().get(0));
            peer.readMore(100_000);
            assertEquals(List.of("CLOSE " + hex("unfinished message")), ServerFrames.events(peer.received()));
        }
    }

    private static String hex(String reason) {
        return "03f3" + HexFormat.of().formatHex(utf8(reason)); // 1011
    }

    @Test
    void aPeerThatNeverReadsIsCutOffAtTheWriteTimeout() throws Exception {
        WebSocketOptions options =
                ListeningPeer.quick().writeTimeout(Duration.ofMillis(50)).build();
        try (ListeningPeer peer = ListeningPeer.connectLazy(ECHO, options, 0)) {
            peer.send(hundred());
            Background.eventually("the end", () -> {
                peer.settle();
                return peer.ends() == 1;
            });
            assertTrue(peer.isClosed());
            assertEquals(0, peer.lentBuffers());
        }
    }

    @Test
    void aPeerThatNeverReadsIsCutOffDuringACallToo() throws Exception {
        CountDownLatch cutOff = new CountDownLatch(1);
        WebSocketListener busy = new WebSocketListener() {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) throws Exception {
                connection.writeMessage(MessageType.BINARY, pattern(100_000));
                cutOff.await();
            }
        };
        WebSocketOptions options =
                ListeningPeer.quick().writeTimeout(Duration.ofMillis(50)).build();
        try (ListeningPeer peer = ListeningPeer.connectLazy(busy, options, 0)) {
            Background<Void> calling = Background.run(() -> peer.send(hundred()));
            Background.eventually("the write timeout", () -> {
                peer.settle();
                return peer.isClosed();
            });
            assertFalse(calling.isDone());
            cutOff.countDown();
            calling.result();
            peer.settleToTheEnd();
        }
    }

    @Test
    void aConnectionDoesNotKeepTheThreadThatHasWrittenALargeMessage() throws Exception {
        try (ListeningPeer peer = ListeningPeer.connect(ECHO)) {
            WeakReference<Thread> thread = new WeakReference<>(echo(peer, pattern(40_000)));
            Background.eventually("the thread to be collected", () -> {
                System.gc();
                return thread.get() == null;
            });
        }
    }

    /** On a thread of its own, which it returns. */
    private static Thread echo(ListeningPeer peer, byte[] payload) throws Exception {
        Background<Void> sending = Background.run(() -> peer.send(masked(FIN | Frames.BINARY, payload)));
        sending.result();
        assertArrayEquals(plain(0x82, payload), peer.received());
        return sending.thread();
    }

    @Test
    void theNextPieceHasTheWriteTimeoutWhateverTheFirstDeadline() {
        WebSocketListener far = new WebSocketListener() {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
                connection.setWriteDeadline(Instant.now().plusSeconds(3600));
                connection.writeMessage(MessageType.BINARY, pattern(1 << 20));
            }
        };
        WebSocketOptions options =
                ListeningPeer.quick().writeTimeout(Duration.ofMillis(50)).build();
        try (ListeningPeer peer = ListeningPeer.connectLazy(far, options, 0)) {
            peer.send(hundred());
            peer.readMore(300_000);
            Background.eventually("the end", () -> {
                peer.settle();
                return peer.ends() == 1;
            });
        }
    }

    @Test
    void flushOfTheOutboxInACallTellsWhetherThePeerHasTakenAll() {
        AtomicReference<Boolean> taken = new AtomicReference<>();
        WebSocketListener offering = new WebSocketListener() {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
                connection.outbox().offer(MessageType.BINARY, pattern(100));
                taken.set(connection.outbox().flush(Duration.ofSeconds(5)));
            }
        };
        WebSocketOptions options = ListeningPeer.quick().build();
        try (ListeningPeer peer = ListeningPeer.connect(offering, options)) {
            peer.send(hundred());
            assertEquals(true, taken.get());
        }
        try (ListeningPeer peer = ListeningPeer.connectLazy(offering, options, 0)) {
            peer.send(hundred());
            assertEquals(false, taken.get());
        }
    }

    @Test
    void anotherThreadWaitsForThePeer() throws Exception {
        try (ListeningPeer peer = ListeningPeer.connectLazy(
                new RecordingListener(), ListeningPeer.quick().build(), 0)) {
            Background<Void> writer =
                    Background.run(() -> peer.connection().writeMessage(MessageType.BINARY, pattern(100)));
            Background.eventually("the write has begun", () -> peer.writes() == 1);
            assertFalse(writer.isDone());
            peer.readMore(1000);
            writer.result();
            assertArrayEquals(ECHO_OF_100, peer.received());
        }
    }

    @Test
    void anotherThreadFailsAtItsDeadline() throws Exception {
        WebSocketOptions options =
                ListeningPeer.quick().writeTimeout(Duration.ofMillis(50)).build();
        try (ListeningPeer peer = ListeningPeer.connectLazy(new RecordingListener(), options, 0)) {
            Background<Void> writer =
                    Background.run(() -> peer.connection().writeMessage(MessageType.BINARY, pattern(100)));
            writer.failure(SocketTimeoutException.class);
        }
    }

    @Test
    void theCloseFrameGoesBehindWhatWaits() {
        WebSocketListener closing = new WebSocketListener() {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
                connection.writeMessage(message);
                connection.close(4000, "");
            }
        };
        try (ListeningPeer peer =
                ListeningPeer.connectLazy(closing, ListeningPeer.quick().build(), 10)) {
            peer.send(hundred());
            peer.readMore(1000);
            assertArrayEquals(concat(ECHO_OF_100, plain(0x88, Frames.closePayload(4000, ""))), peer.received());
        }
    }

    @Test
    void anOutboxIsWrittenByTheThreadThatIsInACall() {
        WebSocketListener offering = new WebSocketListener() {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) {
                assertTrue(connection.outbox().offer(PreparedMessage.of(message)));
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(offering)) {
            peer.send(repeat(text("hello"), 16));
            assertArrayEquals(repeat(plain(0x81, utf8("hello")), 16), peer.received());
            assertEquals(1, peer.writes());
        }
    }

    @Test
    void anOutboxOfAPeerThatDoesNotReadIsLeftToAThreadThatWaits() throws Exception {
        WebSocketListener offering = new WebSocketListener() {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) {
                PreparedMessage prepared = PreparedMessage.of(message);
                for (int i = 0; i < 50; i++) {
                    assertTrue(connection.outbox().offer(prepared));
                    connection.flush();
                }
            }
        };
        try (ListeningPeer peer =
                ListeningPeer.connectLazy(offering, ListeningPeer.quick().build(), 10)) {
            peer.send(hundred());
            byte[] all = repeat(ECHO_OF_100, 50);
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            Background.eventually("everything is written", () -> {
                peer.readMore(500);
                received.writeBytes(peer.received());
                return received.size() == all.length;
            });
            assertArrayEquals(all, received.toByteArray());
        }
    }

    /** Each connection whose frames wait holds a buffer. */
    @Test
    void aCallThatWritesToVeryManyHoldsBackOnlyWhatItWritesToSome() {
        List<ListeningPeer> others = new ArrayList<>();
        List<Integer> written = new ArrayList<>();
        WebSocketListener telling = new WebSocketListener() {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
                for (ListeningPeer other : others) {
                    other.connection().writeMessage(message);
                    written.add(other.writes());
                }
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(telling)) {
            for (int i = 0; i < 300; i++) {
                others.add(ListeningPeer.connect(new RecordingListener()));
            }
            peer.send(text("a"));
            assertEquals(Collections.nCopies(256, 0), written.subList(0, 256));
            assertEquals(Collections.nCopies(44, 1), written.subList(256, 300));
            for (ListeningPeer other : others) {
                assertArrayEquals(plain(0x81, utf8("a")), other.received());
                assertEquals(1, other.writes());
            }
        } finally {
            others.forEach(ListeningPeer::close);
        }
    }
}
