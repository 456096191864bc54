package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.binary;
import static io.twintrace.websocket.fixture.Frames.pattern;
import static io.twintrace.websocket.fixture.Frames.text;
import static io.twintrace.websocket.fixture.Frames.utf8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.ListeningPeer;
import io.twintrace.websocket.fixture.RecordingListener;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The idle timeout measures the peer's silence, not the time in which this side did not read. */
class ListenerIdleTest {
    private static final int IDLE_MILLIS = 1_500;
    private static final int LONGER_MILLIS = 2_000;

    private final WebSocketOptions options =
            ListeningPeer.quick().idleTimeout(Duration.ofMillis(IDLE_MILLIS)).build();

    /** Answers text and records the rest. */
    private final RecordingListener listener = new RecordingListener() {
        @Override
        public void onText(WebSocketConnection connection, String text) throws Exception {
            super.onText(connection, text);
            connection.writeMessage(text);
        }
    };

    private final byte[] large = binary(pattern(100_000));

    private static void pass(ListeningPeer peer, int millis) {
        long until = System.nanoTime() + millis * 1_000_000L;
        Background.eventually("time to pass", () -> {
            peer.settle();
            return System.nanoTime() - until > 0;
        });
    }

    private static void awaitEnd(ListeningPeer peer) {
        Background.eventually("the end", () -> {
            peer.settle();
            return peer.ends() == 1;
        });
    }

    private byte[] large(int from, int to) {
        return Arrays.copyOfRange(large, from, to);
    }

    @Test
    void aFrameIsNotLateBecauseOfPendingWrites() {
        try (ListeningPeer peer = ListeningPeer.connectLazy(listener, options, 0)) {
            peer.send(text("answer me"), large(0, 90_000));
            pass(peer, LONGER_MILLIS);
            peer.readMore(1000);
            assertTrue(peer.connection().isOpen(), () -> "closed: " + peer.errors());
            peer.send(large(90_000, large.length));
            assertEquals(List.of("open", "text answer me", "binary of 100000"), listener.calls());
        }
    }

    @Test
    void aFrameIsNotLateBecauseOfPendingWritesThatItMetHalfway() {
        try (ListeningPeer peer = ListeningPeer.connectLazy(listener, options, 0)) {
            peer.send(large(0, 50_000));
            writeTo(peer);
            peer.send(large(50_000, 90_000));
            pass(peer, LONGER_MILLIS);
            peer.readMore(1000);
            assertTrue(peer.connection().isOpen(), () -> "closed: " + peer.errors());
            peer.send(large(90_000, large.length));
            assertEquals(List.of("open", "binary of 100000"), listener.calls());
        }
    }

    @Test
    void aFrameIsNotLateBecauseOfPendingWritesDuringWhichNothingCame() {
        try (ListeningPeer peer = ListeningPeer.connectLazy(listener, options, 0)) {
            peer.send(large(0, 50_000));
            writeTo(peer);
            pass(peer, LONGER_MILLIS);
            peer.readMore(1000);
            pass(peer, 10);
            assertTrue(peer.connection().isOpen(), () -> "closed: " + peer.errors());
        }
    }

    @Test
    void afterPendingWritesAFrameHasTheIdleTimeoutAndNoLonger() {
        try (ListeningPeer peer = ListeningPeer.connectLazy(listener, options, 0)) {
            peer.send(text("answer me"), large(0, 90_000));
            pass(peer, LONGER_MILLIS);
            peer.readMore(1000);
            assertTrue(peer.connection().isOpen(), () -> "closed: " + peer.errors());
            awaitEnd(peer);
            assertTrue(peer.errors().get(0).getMessage().contains("a frame was not complete after 1500 ms"));
        }
    }

    @Test
    void aPeerThatSpeaksDuringALongCallIsNotIdle() {
        AtomicReference<ListeningPeer> client = new AtomicReference<>();
        RecordingListener slow = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) throws Exception {
                super.onText(connection, text);
                if (text.equals("take your time")) {
                    client.get().send(large(0, 90_000));
                    pass(client.get(), LONGER_MILLIS);
                }
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(slow, options)) {
            client.set(peer);
            peer.send(text("take your time"));
            assertTrue(peer.connection().isOpen(), () -> "closed: " + peer.errors());
            peer.send(large(90_000, large.length), text("done"));
            assertEquals(List.of("open", "text take your time", "binary of 100000", "text done"), slow.calls());
        }
    }

    @Test
    void aPeerThatIsSilentDuringALongCallIsIdle() {
        RecordingListener slow = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) {
                long until = System.nanoTime() + LONGER_MILLIS * 1_000_000L;
                Background.eventually("the answer", () -> System.nanoTime() - until > 0);
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(slow, options)) {
            peer.send(text("take your time"));
            awaitEnd(peer);
            assertEquals(List.of("open", "error IdleTimeoutException", "close 1006"), slow.calls());
        }
    }

    /** Writes from a call of another connection, which does not wait. */
    private void writeTo(ListeningPeer peer) {
        WebSocketListener writing = new WebSocketListener() {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
                peer.connection().writeMessage(MessageType.TEXT, utf8("from elsewhere"));
            }
        };
        try (ListeningPeer other = ListeningPeer.connect(writing, options)) {
            other.send(text("go"));
        }
    }
}
