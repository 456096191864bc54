package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.ping;
import static io.twintrace.websocket.fixture.Frames.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.EchoingListener;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.ListeningPeer;
import io.twintrace.websocket.fixture.RecordingListener;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Calls of a listener that claims never to block, and blocks. */
class ListenerSlowCallTest {
    private final WebSocketOptions options =
            ListeningPeer.quick().slowCallThreshold(Duration.ofMillis(200)).build();

    private ListeningPeer peer;

    /** Sleeps as many milliseconds as the message says. */
    private class Sleepy extends RecordingListener {
        @Override
        public void onText(WebSocketConnection connection, String text) throws Exception {
            lastFor(Integer.parseInt(text));
        }
    }

    private void lastFor(int millis) {
        long until = System.nanoTime() + millis * 1_000_000L;
        Background.eventually("time to pass", () -> {
            peer.settle();
            return System.nanoTime() - until > 0;
        });
    }

    private void lastUntilLogged() {
        Background.eventually("the warning", () -> {
            peer.settle();
            return !peer.warnings().isEmpty();
        });
    }

    private String onlyWarning() {
        assertEquals(1, peer.warnings().size(), () -> peer.warnings().toString());
        return peer.warnings().get(0);
    }

    @Test
    void aSlowCallIsLoggedWhileItLastsWithItsStack() {
        try (ListeningPeer opened = ListeningPeer.connect(new Sleepy(), options)) {
            peer = opened;
            peer.send(text("1000"));
            String warning = onlyWarning();
            List<String> lines = warning.lines().toList();
            assertTrue(lines.get(0).startsWith(peer.connection() + ": a call of " + Sleepy.class.getName()), warning);
            assertTrue(lines.get(0).contains('"' + Thread.currentThread().getName() + '"'), warning);
            assertTrue(lines.get(0).contains("slow-call-threshold is 200 ms"), warning);
            assertTrue(lines.get(0).contains("Let isNonBlocking() return false"), warning);
            String outermost = lines.get(lines.size() - 1);
            assertTrue(
                    outermost.startsWith("\tat " + Sleepy.class.getName() + ".onText(ListenerSlowCallTest.java:"),
                    warning);
        }
    }

    @Test
    void onlyTheFirstIsLoggedAndTheEndSaysHowManyThereWere() {
        try (ListeningPeer opened = ListeningPeer.connect(new Sleepy(), options)) {
            peer = opened;
            peer.send(text("1200"), text("0"), text("1800"));
            peer.send(text("0"));
            peer.send(text("1200"));
            assertTrue(onlyWarning().contains("a call of"));
            peer.send(Frames.close(1000));
            peer.end();
            assertEquals(1, peer.ends());
            String end = peer.warnings().get(1);
            assertTrue(end.startsWith(peer.connection() + " has ended: 3 calls of " + Sleepy.class.getName()), end);
            assertTrue(end.contains("longer than 200 ms, the longest at least "), end);
            assertEquals(2, peer.warnings().size());
        }
    }

    @Test
    void theEndIsLoggedBeforeItIsToldOf() {
        try (ListeningPeer opened = ListeningPeer.connect(new Sleepy(), options)) {
            peer = opened;
            peer.send(text("1000"), Frames.close(1000));
            peer.end();
            assertEquals(1, peer.ends());
            assertEquals(2, peer.warningsAtTheEnd());
        }
    }

    @Test
    void aCallIsCountedOnceWhileTheLogHasNoThread() {
        RecordingListener threadless = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) {
                peer.threadless(true);
                lastFor(1_000);
                peer.threadless(false);
                lastUntilLogged();
            }
        };
        try (ListeningPeer opened = ListeningPeer.connect(threadless, options)) {
            peer = opened;
            peer.send(text("x"), Frames.close(1000));
            peer.end();
            String end = peer.warnings().get(1);
            assertTrue(end.contains(" has ended: 1 call of "), end);
        }
    }

    @Test
    void aCallThatCannotBeLoggedHidesNoOther() throws Exception {
        AtomicReference<Background<Void>> other = new AtomicReference<>();
        RecordingListener threadless = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) throws Exception {
                peer.threadless(true);
                other.set(Background.run(ListenerSlowCallTest.this::logSlowCallOfAnother));
                other.get().awaitEnd();
                peer.threadless(false);
            }
        };
        try (ListeningPeer opened = ListeningPeer.connect(threadless, options)) {
            peer = opened;
            peer.send(text("x"));
        }
        other.get().result();
    }

    private void logSlowCallOfAnother() {
        ListeningPeer[] another = new ListeningPeer[1];
        RecordingListener slow = new RecordingListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) {
                Background.eventually("the other's warning", () -> {
                    another[0].settle();
                    return !another[0].warnings().isEmpty();
                });
            }
        };
        try (ListeningPeer opened = ListeningPeer.connect(slow, options)) {
            another[0] = opened;
            opened.send(text("x"));
            assertTrue(opened.warnings().get(0).contains(".onText("));
        }
    }

    @Test
    void whatTheLibrarySendsBehindACallIsNotTakenForTheListener() {
        try (ListeningPeer opened = ListeningPeer.connect(new EchoingListener(), options)) {
            peer = opened;
            peer.duringNextWrite(this::lastUntilLogged);
            peer.send(text("x"));
            assertTrue(onlyWarning().endsWith("It returned before its stack could be taken."), onlyWarning());
        }
    }

    @Test
    void aSlowHandlerOfPingsIsFoundAsWell() {
        RecordingListener pinged = new RecordingListener() {
            @Override
            public void onOpen(WebSocketConnection connection) {
                connection.setPingHandler(payload -> lastUntilLogged());
            }
        };
        try (ListeningPeer opened = ListeningPeer.connect(pinged, options)) {
            peer = opened;
            peer.send(ping("p"));
            assertTrue(onlyWarning().contains("\tat " + ListenerSlowCallTest.class.getName() + ".lastUntilLogged("));
        }
    }

    @Test
    void aSlowLastCallIsFoundAsWell() {
        RecordingListener closing = new RecordingListener() {
            @Override
            public void onClose(WebSocketConnection connection, CloseStatus status) {
                lastUntilLogged();
            }
        };
        try (ListeningPeer opened = ListeningPeer.connect(closing, options)) {
            peer = opened;
            peer.send(Frames.close(1000));
            peer.end();
            assertTrue(
                    peer.warnings().get(0).contains(".onClose("),
                    () -> peer.warnings().toString());
            assertTrue(
                    peer.warnings().get(1).contains(" has ended: 1 call of "),
                    () -> peer.warnings().toString());
        }
    }

    @Test
    void manyQuickCallsAreNoSlowOne() {
        WebSocketOptions patient =
                options.toBuilder().slowCallThreshold(Duration.ofSeconds(2)).build();
        byte[][] messages = new byte[200][];
        Arrays.fill(messages, text("15"));
        try (ListeningPeer opened = ListeningPeer.connect(new Sleepy(), patient)) {
            peer = opened;
            peer.send(messages);
            assertEquals(List.of(), peer.warnings());
        }
    }

    @Test
    void aListenerThatMayBlockIsLeftAlone() {
        RecordingListener blocking = new Sleepy() {
            @Override
            public boolean isNonBlocking() {
                return false;
            }
        };
        assertNobodyIsTold(blocking, options);
    }

    @Test
    void aThresholdOfZeroMeansNoWarning() {
        assertNobodyIsTold(
                new Sleepy(),
                options.toBuilder().slowCallThreshold(Duration.ZERO).build());
    }

    private void assertNobodyIsTold(WebSocketListener listener, WebSocketOptions with) {
        try (ListeningPeer opened = ListeningPeer.connect(listener, with)) {
            peer = opened;
            peer.send(text("1000"));
            peer.send(Frames.close(1000));
            peer.end();
            assertEquals(1, peer.ends());
            assertFalse(peer.connection().isOpen());
            assertEquals(List.of(), peer.warnings());
        }
    }
}
