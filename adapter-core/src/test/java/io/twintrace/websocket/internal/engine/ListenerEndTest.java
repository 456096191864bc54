package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.PONG;
import static io.twintrace.websocket.fixture.Frames.hex;
import static io.twintrace.websocket.fixture.Frames.masked;
import static io.twintrace.websocket.fixture.Frames.ping;
import static io.twintrace.websocket.fixture.Frames.text;
import static io.twintrace.websocket.fixture.Frames.utf8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.CloseException;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.ListeningPeer;
import io.twintrace.websocket.fixture.RecordingListener;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** However a connection ends, its listener learns of it once, and nothing is kept. */
class ListenerEndTest {
    /** Sets handlers as its first act. */
    private static class Preparing extends RecordingListener {
        private final Background.Action<WebSocketConnection> preparation;

        Preparing(Background.Action<WebSocketConnection> preparation) {
            this.preparation = preparation;
        }

        @Override
        public void onOpen(WebSocketConnection connection) throws Exception {
            super.onOpen(connection);
            preparation.run(connection);
        }
    }

    private static void awaitEnd(ListeningPeer peer) {
        Background.eventually("the end of the connection", () -> {
            peer.settle();
            return peer.ends() > 0;
        });
    }

    @Test
    void everythingIsGivenBackBeforeTheEndIsToldOf() {
        List<ListeningPeer> ended = new ArrayList<>();
        try (ListeningPeer peer = ListeningPeer.connect(new RecordingListener())) {
            peer.send(text("a"), Frames.close(1000));
            peer.end();
            ended.add(peer);
        }
        try (ListeningPeer peer = ListeningPeer.connect(new RecordingListener())) {
            peer.send(text("a"), new byte[] {(byte) 0x81});
            peer.end();
            ended.add(peer);
        }
        try (ListeningPeer peer = ListeningPeer.connect(new RecordingListener())) {
            peer.send(new byte[] {(byte) 0x81});
            peer.connection().abort();
            peer.settle();
            ended.add(peer);
        }
        for (ListeningPeer peer : ended) {
            assertEquals(1, peer.ends());
            assertEquals(0, peer.lentAtTheEnd());
        }
    }

    @Test
    void nobodyWaitsForAPeerWhoseCloseFrameWasItsLastWord() {
        try (ListeningPeer peer = ListeningPeer.connect(new RecordingListener())) {
            peer.send(Frames.close(1000));
            assertArrayEquals(hex("88 02 03e8"), peer.received());
            assertTrue(peer.isClosed());
            assertEquals(1, peer.ends());
        }
    }

    @Test
    void noPeerWaitsForWhatABlockingListenerDoesLast() {
        AtomicReference<ListeningPeer> peer = new AtomicReference<>();
        AtomicBoolean endedBefore = new AtomicBoolean();
        peer.set(ListeningPeer.connect(new WebSocketListener() {
            @Override
            public void onClose(WebSocketConnection connection, CloseStatus status) {
                endedBefore.set(peer.get().isOutputEnded());
            }
        }));
        try (ListeningPeer connected = peer.get()) {
            connected.send(Frames.close(1000));
            assertTrue(endedBefore.get());
        }
    }

    @Test
    void anAbortBehindACloseIsTheEndAtOnce() {
        RecordingListener listener = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) throws Exception {
                super.onText(connection, text);
                connection.beginClose(1000, "");
                connection.abort();
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.send(text("a"), text("never seen"));
            assertEquals(List.of("open", "text a", "error IOException", "close 1006"), listener.calls());
            assertEquals(1, peer.ends());
        }
    }

    @Test
    void anotherConnectionThatIsClosingIsAnErrorOfTheListener() {
        try (ListeningPeer other = ListeningPeer.connect(new RecordingListener())) {
            other.connection().beginClose(1000, "");
            RecordingListener listener = new RecordingListener() {
                @Override
                public void onText(WebSocketConnection connection, String text) throws Exception {
                    other.connection().writeMessage(text);
                }
            };
            try (ListeningPeer peer = ListeningPeer.connect(listener)) {
                peer.send(text("a"));
                assertEquals(List.of("open", "error CloseSentException"), listener.calls());
                assertEquals(1011, WebSocketListenerTest.closeCode(peer.received()));
            }
        }
    }

    @Test
    void whatGoesWrongBehindItsOwnCloseIsToldOfToo() {
        RecordingListener listener = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) throws Exception {
                connection.beginClose(1000, "");
                connection.writeMessage(text);
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.send(text("a"));
            assertEquals(List.of("open"), listener.calls());
            peer.end();
            assertEquals(List.of("open", "error CloseException", "close 1006"), listener.calls());
            assertEquals(1, peer.errors().size());
        }
    }

    /** Closing with unread input would reset the connection, and the reset might overtake the Close frame. */
    @Test
    void aPeerThatGoesOnBehindItsCloseFrameGetsAMomentToReadTheAnswer() {
        try (ListeningPeer peer = ListeningPeer.connect(new RecordingListener())) {
            peer.send(Frames.close(1000), text("more"));
            assertArrayEquals(hex("88 02 03e8"), peer.received());
            assertFalse(peer.isClosed());
            peer.end();
            assertTrue(peer.isClosed());
            assertEquals(1, peer.ends());
        }
    }

    @Test
    void pingsAndPongsAreToldOfWhereThatIsWanted() {
        List<String> told = new ArrayList<>();
        RecordingListener listener = new Preparing(connection -> {
            connection.setPingHandler(payload -> told.add("ping " + new String(payload, StandardCharsets.UTF_8)));
            connection.setPongHandler(payload -> told.add("pong " + new String(payload, StandardCharsets.UTF_8)));
        });
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.send(ping("p"), masked(FIN | PONG, utf8("q")), text("m"));
            assertEquals(List.of("ping p", "pong q"), told);
            assertEquals(List.of("open", "text m"), listener.calls());
        }
    }

    @Test
    void anExceptionOfAPingHandlerIsOneOfTheListener() {
        RecordingListener listener = new Preparing(connection -> connection.setPingHandler(payload -> {
            throw new IllegalStateException("on purpose");
        }));
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.send(ping("p"), text("never seen"));
            assertEquals(1011, WebSocketListenerTest.closeCode(peer.received()));
            peer.send(Frames.close(1011));
            peer.end();
            assertEquals(List.of("open", "error IllegalStateException", "close 1011"), listener.calls());
            assertEquals("on purpose", peer.errors().get(0).getMessage());
            assertEquals(1, peer.ends());
        }
    }

    @Test
    void aHandlerThatThrowsAtEachPingHoldsNothingUp() {
        RecordingListener listener = new Preparing(connection -> connection.setPingHandler(payload -> {
            throw new IllegalStateException("on purpose");
        }));
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.send(ping("p"), ping("q"), ping("r"), Frames.close(1011));
            peer.end();
            assertEquals(1, peer.ends());
            assertEquals("close 1011", listener.calls().get(2));
            assertEquals(3, listener.calls().size());
        }
    }

    @Test
    void anExceptionOfACloseHandlerIsOneOfTheListener() {
        RecordingListener listener = new Preparing(connection -> connection.setCloseHandler(status -> {
            throw new IllegalStateException("on purpose");
        }));
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.send(Frames.close(1000));
            assertArrayEquals(hex("88 02 03e8"), peer.received());
            peer.end();
            assertEquals(List.of("open", "error IllegalStateException", "close 1000"), listener.calls());
            assertEquals(1, peer.ends());
        }
    }

    @Test
    void anIOExceptionOfAPingHandlerEndsTheConnection() {
        RecordingListener listener = new Preparing(connection -> connection.setPingHandler(payload -> {
            throw new IOException("on purpose");
        }));
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.send(ping("p"), text("never seen"));
            assertEquals(List.of("open", "error IOException", "close 1006"), listener.calls());
            assertEquals(1, peer.ends());
            assertTrue(peer.isClosed());
        }
    }

    static List<IOException> exceptionsOfOtherConnections() {
        return List.of(
                new CloseException("on purpose", new CloseStatus(1000, ""), null),
                new SocketTimeoutException("on purpose"));
    }

    /** It is not taken for this connection's own end or timeout. */
    @ParameterizedTest
    @MethodSource("exceptionsOfOtherConnections")
    void soDoesTheExceptionOfAnotherConnectionThatAPingHandlerThrows(IOException other) {
        RecordingListener listener = new Preparing(connection -> connection.setPingHandler(payload -> {
            throw other;
        }));
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.send(ping("p"), text("never seen"));
            String error = "error " + other.getClass().getSimpleName();
            assertEquals(List.of("open", error, "close 1006"), listener.calls());
            assertEquals(0, peer.received().length);
            assertEquals(1, peer.ends());
            assertTrue(peer.isClosed());
        }
    }

    @Test
    void aReadDeadlineDoesNotEndTheWaitForThePeersClose() {
        RecordingListener listener = new RecordingListener();
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.connection().beginClose(1000, "");
            peer.connection().setReadDeadline(Instant.now().minusSeconds(1));
            peer.send(ping("")); // a turn, which looks at the deadlines
            peer.send(Frames.close(1000));
            assertEquals(List.of("open", "close 1000"), listener.calls());
        }
    }

    @Test
    void anErrorOfTheListenerClosesToo() {
        RecordingListener failing = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) {
                throw new AssertionError("on purpose");
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(failing)) {
            peer.send(text("a"), text("b"));
            assertEquals(1011, WebSocketListenerTest.closeCode(peer.received()));
            peer.end();
            assertEquals(List.of("open", "error AssertionError", "close 1006"), failing.calls());
            assertEquals(1, peer.ends());
        }
    }

    @Test
    void closingFromACallDoesNotWaitForTheOutboxOfASlowPeer() throws Exception {
        RecordingListener listener = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) throws Exception {
                super.onText(connection, text);
                for (int i = 0; i < 3; i++) {
                    connection.outbox().offer(MessageType.BINARY, new byte[100_000]);
                }
                connection.close();
                calls().add("closing");
            }
        };
        WebSocketOptions patient =
                ListeningPeer.quick().closeTimeout(Duration.ofMinutes(1)).build();
        try (ListeningPeer peer = ListeningPeer.connectLazy(listener, patient, 10)) {
            Background.run(() -> peer.send(text("a"))).result();
            assertEquals(List.of("open", "text a", "closing"), listener.calls());
        }
    }

    @Test
    void anAbortInACallIsTheLastMessage() {
        RecordingListener aborting = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) throws Exception {
                super.onText(connection, text);
                connection.abort();
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(aborting)) {
            peer.send(text("a"), text("b"));
            assertEquals(List.of("open", "text a", "error IOException", "close 1006"), aborting.calls());
        }
    }

    /** The peer's Close frame comes while the thread that closes is still inside its write. */
    @Test
    void aCloseThatIsAnsweredBeforeItsWriteReturnsIsOverSoon() throws Exception {
        RecordingListener listener = new RecordingListener();
        WebSocketOptions patient =
                ListeningPeer.quick().closeTimeout(Duration.ofMinutes(1)).build();
        try (ListeningPeer peer = ListeningPeer.connect(listener, patient)) {
            peer.duringNextWrite(() -> {
                try {
                    Background.run(() -> peer.send(Frames.close(1000))).awaitEnd();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            Background.run(() -> peer.connection().beginClose(1000, "")).result();
            assertEquals(List.of("open", "close 1000"), listener.calls());
            awaitEnd(peer);
            assertEquals(1, peer.ends());
        }
    }

    @Test
    void anAbortInACallIsTheEndOnceTheCallReturns() {
        RecordingListener aborting = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) throws Exception {
                super.onText(connection, text);
                connection.writeMessage("lost");
                connection.abort();
                calls().add("aborted");
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(aborting)) {
            peer.send(text("a"));
            assertEquals(List.of("open", "text a", "aborted", "error IOException", "close 1006"), aborting.calls());
            assertArrayEquals(new byte[0], peer.received());
            assertEquals(1, peer.ends());
            assertEquals(0, peer.lentBuffers());
        }
    }

    /** No memory even to tell the peer. The last calls are like any other, so that the thread waits for nobody. */
    @Test
    void theLastCallsAfterAnErrorWaitForNobody() {
        WebSocketOptions options =
                ListeningPeer.quick().writeTimeout(Duration.ofMillis(100)).build();
        List<Object> seen = new ArrayList<>();
        try (ListeningPeer full = ListeningPeer.connectLazy(new RecordingListener(), options, 0)) {
            RecordingListener listener = new RecordingListener() {
                @Override
                public void onClose(WebSocketConnection connection, CloseStatus status) throws Exception {
                    super.onClose(connection, status);
                    seen.add(Thread.currentThread().getContextClassLoader());
                    try {
                        full.connection().writeMessage("left");
                    } catch (IOException e) {
                        seen.add(e);
                    }
                }
            };
            try (ListeningPeer peer = ListeningPeer.connect(listener)) {
                peer.connection().setPingHandler(payload -> {
                    throw new OutOfMemoryError("made by hand");
                });
                peer.duringNextWrite(() -> {
                    throw new OutOfMemoryError("made by hand: the Close frame");
                });
                Thread.currentThread().setContextClassLoader(null);
                peer.send(ping("p"));
                assertEquals(List.of("open", "error IOException", "close 1006"), listener.calls());
                assertEquals(List.of(ListeningPeer.class.getClassLoader()), seen);
                assertEquals(1, peer.ends());
                assertEquals(0, peer.lentAtTheEnd());
            } finally {
                Thread.currentThread().setContextClassLoader(ListeningPeer.class.getClassLoader());
            }
        }
    }

    /** The log may find memory again once the connection has given everything back, or a second later. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void anErrorIsLoggedOnceAsSoonAsThereIsMemoryForIt(int failures) {
        OutOfMemoryError error = new OutOfMemoryError("made by hand");
        RecordingListener greedy = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) {
                throw error;
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(greedy).withFailingLog(failures)) {
            peer.send(text("a"));
            assertEquals(1011, WebSocketListenerTest.closeCode(peer.received()));
            assertEquals(List.of("open", "error OutOfMemoryError"), greedy.calls());
            peer.send(Frames.close(1011));
            peer.end();
            assertEquals(List.of("open", "error OutOfMemoryError", "close 1011"), greedy.calls());
            assertEquals(1, peer.ends());
            Background.eventually("the error in the log", () -> {
                peer.settle();
                return !peer.errors().isEmpty();
            });
            assertEquals(List.of(error), peer.errors());
        }
    }

    /** Memory may be too short even to set the timer. Then nothing else would retry. */
    @Test
    void anErrorTheLogCouldNotTakeIsLoggedWhenAConnectionBegins() {
        OutOfMemoryError error = new OutOfMemoryError("made by hand");
        RecordingListener greedy = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) {
                throw error;
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(greedy).withFailingLog(2)) {
            peer.send(text("a"));
            peer.send(Frames.close(1011));
            peer.end();
            assertEquals(List.of(), peer.errors());
            try (ListeningPeer later = ListeningPeer.connect(new RecordingListener())) {
                assertTrue(later.connection().isOpen());
                peer.settle();
                assertEquals(List.of(error), peer.errors());
            }
        }
    }

    @Test
    void aFrameThatDripsEndsAtTheIdleTimeoutWhateverItsKind() {
        WebSocketOptions hasty =
                ListeningPeer.quick().idleTimeout(Duration.ofMillis(300)).build();
        for (int opcode : List.of(Frames.TEXT, Frames.PING)) {
            RecordingListener listener = new RecordingListener();
            try (ListeningPeer peer = ListeningPeer.connect(listener, hasty)) {
                peer.send(Frames.maskedHeader(Frames.FIN | opcode, 120));
                long begin = System.nanoTime();
                drip(peer);
                awaitEnd(peer);
                assertEquals(1001, WebSocketListenerTest.closeCode(peer.received()), "opcode " + opcode);
                assertTrue(System.nanoTime() - begin < 8_000_000_000L, "opcode " + opcode);
            }
        }
    }

    /** Sends a byte every 50 ms until the server closes, or 200 of them. */
    private static void drip(ListeningPeer peer) {
        for (int i = 0; i < 200 && peer.connection().isOpen(); i++) {
            long next = System.nanoTime() + 50_000_000;
            Background.eventually("the next drop", () -> {
                peer.settle();
                return System.nanoTime() - next > 0;
            });
            peer.send(new byte[] {'x'});
        }
    }

    @Test
    void whoIsToldOfTheEndDoesNotWaitForAnotherConnection() {
        WebSocketOptions patient =
                ListeningPeer.quick().closeTimeout(Duration.ofSeconds(5)).build();
        try (ListeningPeer partner = ListeningPeer.connect(new RecordingListener(), patient);
                ListeningPeer peer = ListeningPeer.connect(new RecordingListener(), patient)) {
            AtomicReference<Duration> took = new AtomicReference<>();
            peer.connection().addCloseListener(() -> {
                long begin = System.nanoTime();
                partner.connection().close();
                took.set(Duration.ofNanos(System.nanoTime() - begin));
            });
            peer.send(Frames.close(1000));
            assertTrue(took.get().compareTo(Duration.ofSeconds(4)) < 0, took::toString);
            assertArrayEquals(hex("88 02 03e8"), partner.received());
        }
    }

    @Test
    void aThreadThatIsInterruptedWhileItClosesDoesNotCutOffThePeer() throws Exception {
        RecordingListener listener = new RecordingListener();
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            Background.run(() -> {
                        Thread.currentThread().interrupt();
                        peer.connection().close();
                        assertTrue(Thread.interrupted());
                    })
                    .result();
            assertFalse(peer.isClosed());
            peer.send(Frames.close(1000));
            assertEquals(List.of("open", "close 1000"), listener.calls());
        }
    }
}
