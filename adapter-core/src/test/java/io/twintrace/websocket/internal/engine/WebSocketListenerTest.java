package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.concat;
import static io.twintrace.websocket.fixture.Frames.hex;
import static io.twintrace.websocket.fixture.Frames.masked;
import static io.twintrace.websocket.fixture.Frames.pattern;
import static io.twintrace.websocket.fixture.Frames.plain;
import static io.twintrace.websocket.fixture.Frames.text;
import static io.twintrace.websocket.fixture.Frames.utf8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.ControlType;
import io.twintrace.websocket.InvalidJsonException;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.EchoingListener;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.ListeningPeer;
import io.twintrace.websocket.fixture.RecordingListener;
import io.twintrace.websocket.fixture.ServerFrames;
import io.twintrace.websocket.fixture.TestPeer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The calls that a listener gets, and their order. */
class WebSocketListenerTest {
    private final RecordingListener listener = new RecordingListener();

    @Test
    void messagesAreToldInTheirOrder() {
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.send(text("one"), masked(FIN | Frames.BINARY, new byte[3]), text(""));
            peer.send(text("grüß dich"));
            assertEquals(List.of("open", "text one", "binary of 3", "text ", "text grüß dich"), listener.calls());
        }
    }

    @Test
    void aMessageIsToldOnceItsLastByteHasCome() {
        byte[] frames = concat(masked(Frames.TEXT, utf8("gr\u00fc\u00df")), masked(FIN, utf8(" dich")));
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            for (int i = 0; i < frames.length; i++) {
                assertEquals(List.of("open"), listener.calls());
                peer.send(new byte[] {frames[i]});
            }
            assertEquals(List.of("open", "text grüß dich"), listener.calls());
        }
    }

    @Test
    void anIdleConnectionHoldsNoBuffer() {
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            assertEquals(0, peer.lentBuffers());
            peer.send(text("one"));
            assertEquals(0, peer.lentBuffers());
        }
    }

    /** A peer may delay the rest. Meanwhile it holds a small message buffer, and later a larger one. */
    @Test
    void theBeginningOfAMessageIsNotKeptInABufferForReading() {
        WebSocketOptions options = ListeningPeer.quick().build();
        byte[] frame = Frames.binary(pattern(100_000));
        try (ListeningPeer peer = ListeningPeer.connect(listener, options)) {
            for (int at = 0; at < frame.length; at += 1000) {
                peer.send(Arrays.copyOfRange(frame, at, Math.min(at + 1000, frame.length)));
                boolean last = at + 1000 >= frame.length;
                assertEquals(last ? 0 : 1, Shared.of(options).pools().message().lent());
                assertEquals(0, Shared.of(options).pools().input().lent());
            }
            assertEquals(List.of("open", "binary of 100000"), listener.calls());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {125, 126, 65536})
    void theBeginningOfAHeaderHoldsNoBuffer(int length) {
        byte[] message = pattern(length);
        byte[] frame = Frames.binary(message);
        for (int cut = 1; cut <= frame.length - length; cut++) {
            EchoingListener echo = new EchoingListener();
            try (ListeningPeer peer = ListeningPeer.connect(echo)) {
                peer.send(text("before"), Arrays.copyOf(frame, cut));
                assertEquals(cut == frame.length - length ? 1 : 0, peer.lentBuffers());
                peer.send(Arrays.copyOfRange(frame, cut, frame.length), Arrays.copyOf(frame, 1));
                assertEquals(0, peer.lentBuffers());
                peer.send(Arrays.copyOfRange(frame, 1, frame.length));
                assertArrayEquals(message, echo.messages().get(1).payload());
                assertArrayEquals(message, echo.messages().get(2).payload());
            }
        }
    }

    @Test
    void aMessageLargerThanTheBufferIsToldWhole() {
        List<byte[]> payloads = new ArrayList<>();
        WebSocketListener keeping = new WebSocketListener() {
            @Override
            public void onBinary(WebSocketConnection connection, ByteBuffer payload) {
                byte[] bytes = new byte[payload.remaining()];
                payload.get(bytes);
                payloads.add(bytes);
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(keeping)) {
            peer.send(masked(FIN | Frames.BINARY, pattern(300_000)), masked(FIN | Frames.BINARY, pattern(70)));
            assertArrayEquals(pattern(300_000), payloads.get(0));
            assertArrayEquals(pattern(70), payloads.get(1));
        }
    }

    @Test
    void whatIsShownIsValidDuringTheCallAndCannotBeChanged() {
        AtomicReference<MessageView> kept = new AtomicReference<>();
        List<String> seen = new ArrayList<>();
        WebSocketListener curious = new WebSocketListener() {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) {
                kept.set(message);
                assertThrows(
                        ReadOnlyBufferException.class, () -> message.payload().put(0, (byte) 0));
                seen.add(message.type() + " " + message.length() + " " + message.text() + " " + message.text());
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(curious)) {
            peer.send(text("now"));
            assertEquals(List.of("TEXT 3 now now"), seen);
            assertThrows(IllegalStateException.class, kept.get()::text);
            assertThrows(IllegalStateException.class, kept.get()::payload);
            assertEquals("no message", kept.get().toString());
        }
    }

    @Test
    void whatNobodyTakesIsRefusedWith1003() {
        try (ListeningPeer peer = ListeningPeer.connect(new WebSocketListener() {})) {
            peer.send(text("hello"));
            assertEquals(1003, closeCode(peer.received()));
        }
    }

    @Test
    void thePeersCloseIsAnsweredAndEndsEverything() {
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.send(text("last"), Frames.close(1000), text("too late"));
            assertArrayEquals(hex("88 02 03e8"), peer.received());
            assertEquals(List.of("open", "text last", "close 1000"), listener.calls());
            peer.end();
            assertTrue(peer.isClosed());
            assertEquals(1, peer.ends());
            assertEquals(List.of(), peer.errors());
            assertEquals(0, peer.lentBuffers());
        }
        assertEquals(List.of("open", "text last", "close 1000"), listener.calls());
    }

    @Test
    void aPeerThatIsSilentAfterItsCloseIsLetGoSoon() throws Exception {
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.send(Frames.close(1000));
            awaitEnd(peer);
            assertEquals(1, peer.ends());
        }
    }

    @Test
    void anUnusualCloseIsAnErrorFirst() {
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.send(Frames.close(4001));
            assertArrayEquals(hex("88 02 0fa1"), peer.received());
            assertEquals(List.of("open", "error CloseException", "close 4001"), listener.calls());
        }
    }

    @Test
    void aPeerThatVanishesIsAnErrorAnd1006() {
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.send(text("half a message, of which th"), new byte[] {(byte) 0x81});
            peer.end();
            assertEquals(
                    List.of("open", "text half a message, of which th", "error CloseException", "close 1006"),
                    listener.calls());
            assertEquals(1, peer.ends());
            assertEquals(0, peer.lentBuffers());
        }
    }

    @Test
    void aProtocolErrorGetsItsCodeAndIsTold() {
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.send(text("good"), hex("83 80 00000000"), text("never seen"));
            assertEquals(1002, closeCode(peer.received()));
            assertEquals(List.of("open", "text good", "error ProtocolException", "close 1006"), listener.calls());
        }
    }

    @Test
    void textThatIsNotUtf8IsRefusedBeforeItsEnd() {
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.send(hex("81 84 00000000 61c0"));
            assertEquals(1007, closeCode(peer.received()));
        }
    }

    @Test
    void pingsAreAnsweredBetweenFragmentsAndMessages() {
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.send(masked(Frames.TEXT, utf8("a")), Frames.ping("1"), masked(FIN, utf8("b")), Frames.ping("2"));
            assertArrayEquals(concat(plain(0x8A, utf8("1")), plain(0x8A, utf8("2"))), peer.received());
            assertEquals(List.of("open", "text ab"), listener.calls());
        }
    }

    @Test
    void anExceptionClosesWith1011AndNoFurtherMessageIsTold() {
        RecordingListener failing = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) throws Exception {
                super.onText(connection, text);
                throw new IllegalStateException("on purpose");
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(failing)) {
            peer.send(text("first"), text("second"));
            assertEquals(1011, closeCode(peer.received()));
            peer.send(text("third"), Frames.close(1011));
            assertEquals(List.of("open", "text first", "error IllegalStateException", "close 1011"), failing.calls());
            assertEquals("on purpose", peer.errors().get(0).getMessage());
        }
    }

    @Test
    void aMessageIsReadAsJson() {
        List<Object> seen = new ArrayList<>();
        WebSocketListener reading = new WebSocketListener() {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) throws Exception {
                try {
                    seen.add(message.json(Integer.class));
                } catch (InvalidJsonException e) {
                    seen.add(e.line() + ":" + e.column());
                }
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(reading)) {
            peer.send(text("1"), text("[]"), text("\n"), text("3"));
            assertEquals(List.of(1, "1:2", "1:1", 3), seen);
            assertTrue(peer.connection().isOpen());
        }
    }

    @Test
    void badJsonThatTheListenerLetsGoClosesWith1007() {
        RecordingListener failing = new RecordingListener() {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) throws Exception {
                Integer unused = message.json(Integer.class);
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(failing)) {
            peer.send(text("{\"secret\":1}"), text("2"));
            byte[] reason = utf8("invalid JSON at line 1, column 2");
            assertArrayEquals(plain(0x88, concat(hex("03ef"), reason)), peer.received());
            peer.send(Frames.close(1007));
            assertEquals(List.of("open", "error InvalidJsonException", "close 1007"), failing.calls());
            assertEquals(1, peer.errors().size());
        }
    }

    @Test
    void anExceptionAtTheBeginningClosesWith1011Too() {
        RecordingListener failing = new RecordingListener() {
            @Override
            public void onOpen(WebSocketConnection connection) throws Exception {
                throw new IOException("no room");
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(failing)) {
            assertEquals(1011, closeCode(peer.received()));
            assertEquals(List.of("error IOException"), failing.calls());
        }
    }

    @Test
    void whatAListenerThrowsAtTheEndIsLoggedAndEndsNothingElse() {
        RecordingListener failing = new RecordingListener() {
            @Override
            public void onClose(WebSocketConnection connection, io.twintrace.websocket.CloseStatus status) {
                throw new IllegalStateException("even now");
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(failing)) {
            peer.send(Frames.close(1000));
            peer.end();
            assertEquals(1, peer.ends());
            assertEquals("even now", peer.errors().get(0).getMessage());
        }
    }

    @Test
    void anAbortIsAnErrorAndTheEnd() {
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.connection().abort();
            peer.settle();
            assertEquals(List.of("open", "error IOException", "close 1006"), listener.calls());
            assertEquals(1, peer.ends());
        }
    }

    @Test
    void closingFromACallOnlyBeginsTo() {
        RecordingListener closing = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) throws Exception {
                super.onText(connection, text);
                connection.close();
                calls().add("closing");
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(closing)) {
            peer.send(text("bye"));
            assertArrayEquals(hex("88 02 03e8"), peer.received());
            peer.send(Frames.close(1000));
            peer.end();
            assertEquals(List.of("open", "text bye", "closing", "close 1000"), closing.calls());
            assertEquals(1, peer.ends());
        }
    }

    @Test
    void aPeerThatDoesNotAnswerAcloseIsCutOffAfterTheCloseTimeout() throws Exception {
        try (ListeningPeer peer = ListeningPeer.connect(
                listener,
                ListeningPeer.quick().closeTimeout(TestPeer.HASTY_CLOSE_TIMEOUT).build())) {
            peer.connection().beginClose(1000, "");
            awaitEnd(peer);
            assertEquals(List.of("open", "error SocketTimeoutException", "close 1006"), listener.calls());
        }
    }

    @Test
    void anIdleConnectionIsClosedWith1001() throws Exception {
        WebSocketOptions hasty =
                ListeningPeer.quick().idleTimeout(Duration.ofMillis(50)).build();
        try (ListeningPeer peer = ListeningPeer.connect(listener, hasty)) {
            awaitEnd(peer);
            assertEquals(1001, closeCode(peer.received()));
            assertTrue(listener.calls().get(1).startsWith("error "), listener.calls()::toString);
        }
    }

    @Test
    void theReadDeadlineHoldsForAListenerToo() throws Exception {
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.connection().setReadDeadline(Instant.now().plusMillis(50));
            awaitEnd(peer);
            assertEquals(List.of("open", "error ReadDeadlineException", "close 1006"), listener.calls());
        }
    }

    @Test
    void theReadDeadlineRestsWhileThePeerDoesNotRead() {
        RecordingListener echo = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) throws Exception {
                super.onText(connection, text);
                connection.writeMessage(text);
            }
        };
        try (ListeningPeer peer =
                ListeningPeer.connectLazy(echo, ListeningPeer.quick().build(), 1)) {
            peer.send(text("hello"));
            Instant deadline = Instant.now().plusMillis(50);
            peer.connection().setReadDeadline(deadline);
            Background.eventually("the deadline has passed", () -> {
                peer.settle();
                return Instant.now().isAfter(deadline.plusMillis(50));
            });
            assertEquals(List.of("open", "text hello"), echo.calls());
            peer.readMore(1000);
            Background.eventually("the error", () -> {
                peer.settle();
                return echo.calls().contains("error ReadDeadlineException");
            });
            assertEquals(1011, closeCode(peer.received()));
        }
    }

    @Test
    void aPingHandlerThatMeetsTheClosingHandshakeDoesNotTearIt() {
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.connection()
                    .setPingHandler(payload -> peer.connection().writeControl(ControlType.PONG, payload, null));
            peer.connection().beginClose(1000, "");
            peer.send(Frames.ping("too late"), Frames.close(1000));
            assertArrayEquals(hex("88 02 03e8"), peer.received());
            assertEquals(List.of("open", "close 1000"), listener.calls());
        }
    }

    @Test
    void closingTheOutboxFromACallDoesNotWait() {
        AtomicReference<Duration> took = new AtomicReference<>();
        RecordingListener closing = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) {
                connection.outbox().offer(text);
                connection.flush();
                connection.outbox().offer(text);
                long begin = System.nanoTime();
                connection.outbox().close();
                took.set(Duration.ofNanos(System.nanoTime() - begin));
            }
        };
        WebSocketOptions patient =
                ListeningPeer.quick().closeTimeout(Duration.ofSeconds(5)).build();
        try (ListeningPeer peer = ListeningPeer.connectLazy(closing, patient, 1)) {
            peer.send(text("hello"));
            assertTrue(took.get().compareTo(Duration.ofSeconds(4)) < 0, took::toString);
        }
    }

    @Test
    void noThreadCanReadFromIt() {
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            assertFalse(peer.connection() instanceof BlockingConnection);
        }
    }

    @Test
    void theReadLimitHoldsForAListenerToo() {
        try (ListeningPeer peer = ListeningPeer.connect(listener)) {
            peer.connection().setReadLimit(10);
            peer.send(Frames.maskedHeader(FIN | Frames.BINARY, 11));
            assertEquals(1009, closeCode(peer.received()));
        }
    }

    private static void awaitEnd(ListeningPeer peer) {
        Background.eventually("the end of the connection", () -> {
            peer.settle();
            return peer.ends() > 0;
        });
    }

    /** The code of the last frame, which is a Close. */
    static int closeCode(byte[] written) {
        List<String> events = ServerFrames.events(written);
        String last = events.get(events.size() - 1);
        assertTrue(last.startsWith("CLOSE "), last);
        return Integer.parseInt(last.substring(6, 10), 16);
    }
}
