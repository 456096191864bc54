package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.PING;
import static io.twintrace.websocket.fixture.Frames.PONG;
import static io.twintrace.websocket.fixture.Frames.masked;
import static io.twintrace.websocket.fixture.Frames.pattern;
import static io.twintrace.websocket.fixture.Frames.plain;
import static io.twintrace.websocket.fixture.Frames.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.ListeningPeer;
import io.twintrace.websocket.fixture.RecordingListener;
import io.twintrace.websocket.fixture.ServerFrames;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Keep-alive of a connection that calls a listener. */
class ListenerKeepAliveTest {
    private static final int SIZE = 400_000;

    private final RecordingListener listener = new RecordingListener() {
        @Override
        public void onText(WebSocketConnection connection, String text) throws Exception {
            super.onText(connection, text);
            connection.writeMessage(MessageType.BINARY, pattern(SIZE));
        }
    };

    private static WebSocketOptions pinging(int intervalMillis, int timeoutMillis) {
        return ListeningPeer.quick()
                .writeTimeout(Duration.ZERO)
                .pingInterval(Duration.ofMillis(intervalMillis))
                .pongTimeout(Duration.ofMillis(timeoutMillis))
                .build();
    }

    /** Waits for the next frames, of which there may be several. */
    private static byte[] received(ListeningPeer peer) {
        byte[][] received = new byte[1][0];
        Background.eventually("output", () -> {
            peer.settle();
            received[0] = peer.received();
            return received[0].length > 0;
        });
        return received[0];
    }

    /** Waits for a Ping of the library, and returns its payload. Unsolicited Pongs come while an answer is late. */
    private static byte[] ping(ListeningPeer peer) {
        List<String> pings;
        do {
            pings = ServerFrames.events(received(peer)).stream()
                    .filter(event -> !event.equals("PONG "))
                    .toList();
        } while (pings.isEmpty());
        assertTrue(pings.size() == 1 && pings.get(0).startsWith("PING "), pings::toString);
        return HexFormat.of().parseHex(pings.get(0).substring(5));
    }

    @Test
    void eachPongGivesTheRoundTrip() {
        try (ListeningPeer peer = ListeningPeer.connect(listener, pinging(100, 10_000))) {
            peer.settle();
            assertTrue(peer.connection().roundTrip().isEmpty());
            peer.send(masked(FIN | PONG, ping(peer)));
            assertTrue(peer.connection().roundTrip().orElseThrow().toNanos() > 0);
            assertEquals(List.of("open"), listener.calls());
        }
    }

    @Test
    void aPeerThatDoesNotAnswerIsCutOff() {
        try (ListeningPeer peer = ListeningPeer.connect(listener, pinging(200, 100))) {
            byte[] close = plain(FIN | Frames.CLOSE, Frames.closePayload(1001, "pong timeout"));
            peer.settleToTheEnd();
            byte[] all = peer.received();
            assertTrue(ServerFrames.events(all).get(0).startsWith("PING "));
            assertArrayEquals(close, last(all, close.length));
            assertEquals(List.of("open", "error PongTimeoutException", "close 1006"), listener.calls());
            assertEquals(
                    "the peer has not answered a Ping within 100 ms (pong timeout)",
                    peer.errors().get(0).getMessage());
            assertTrue(peer.isClosed());
        }
    }

    private static byte[] last(byte[] bytes, int count) {
        return Arrays.copyOfRange(bytes, Math.max(0, bytes.length - count), bytes.length);
    }

    /** As on a server whose threads are all busy. */
    @Test
    void anAnswerThatWasNotReadInTimeCountsAllTheSame() {
        try (ListeningPeer peer = ListeningPeer.connect(listener, pinging(60, 120))) {
            peer.settle();
            byte[] ping = ping(peer);
            awaitBeats(peer, 6);
            peer.sendOnly(masked(FIN | PONG, ping));
            peer.settle();
            byte[] unused = ping(peer);
            assertEquals(List.of("open"), listener.calls());
        }
    }

    /** Without having the server do any of its tasks for other threads. */
    private static void awaitBeats(ListeningPeer peer, int count) {
        int[] bytes = new int[1];
        Background.eventually("beats", () -> {
            bytes[0] += peer.received().length;
            return bytes[0] >= 2 * count;
        });
    }

    @Test
    void aPeerThatReadsNothingIsCutOff() {
        try (ListeningPeer peer = ListeningPeer.connectLazy(listener, pinging(60, 200), 10)) {
            peer.send(text("send me something"));
            peer.settleToTheEnd();
            assertEquals(
                    List.of("open", "text send me something", "error PongTimeoutException", "close 1006"),
                    listener.calls());
        }
    }

    /** Nothing is read from it meanwhile, and it sends nothing afterwards. */
    @Test
    void aPeerThatReadsSlowlyIsAlive() {
        try (ListeningPeer peer = ListeningPeer.connectLazy(listener, pinging(60, 2_500), 10)) {
            peer.send(text("send me something"));
            for (int i = 0; i < 8; i++) { // for longer than the timeout, but a piece of 128 KiB in a part of it
                LockSupport.parkNanos(350_000_000);
                peer.readMore(SIZE / 7);
            }
            peer.readMore(Integer.MAX_VALUE / 2);
            int message = plain(FIN | Frames.BINARY, pattern(SIZE)).length;
            ByteArrayOutputStream sent = new ByteArrayOutputStream();
            while (sent.size() <= message) {
                sent.writeBytes(received(peer));
            }
            assertEquals(FIN | PING, sent.toByteArray()[message] & 0xFF);
            assertEquals(List.of("open", "text send me something"), listener.calls());
        }
    }
}
