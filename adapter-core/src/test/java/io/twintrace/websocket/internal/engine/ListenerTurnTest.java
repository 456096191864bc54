package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.RSV1;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static io.twintrace.websocket.fixture.Frames.masked;
import static io.twintrace.websocket.fixture.Frames.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.EchoingListener;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.ListeningPeer;
import io.twintrace.websocket.handshake.DeflateParameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** One connection does not keep a thread that also serves others for long. */
class ListenerTurnTest {
    private static final int MIB = 1 << 20;

    private final WebSocketOptions options =
            ListeningPeer.quick().readLimit(64 * MIB).build();

    /** Records the lengths of the messages. */
    private static class Measuring implements WebSocketListener {
        private final List<Integer> lengths = new ArrayList<>();
        private final boolean nonBlocking;

        Measuring(boolean nonBlocking) {
            this.nonBlocking = nonBlocking;
        }

        @Override
        public boolean isNonBlocking() {
            return nonBlocking;
        }

        @Override
        public void onMessage(WebSocketConnection connection, MessageView message) {
            lengths.add(message.length());
        }
    }

    private static ListeningPeer connect(WebSocketListener listener, WebSocketOptions options) {
        ListeningPeer peer = ListeningPeer.connect(
                listener,
                options,
                Optional.of(new DeflateParameters(true, true, OptionalInt.empty(), OptionalInt.empty())));
        peer.settle();
        return peer;
    }

    /** A compressed text of so many letters. */
    private static byte[] compressed(int length) {
        byte[] letters = new byte[length];
        Arrays.fill(letters, (byte) 'a');
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(letters);
        byte[] out = new byte[length / 500 + 100];
        int n = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
        deflater.end();
        return masked(FIN | RSV1 | TEXT, Arrays.copyOf(out, n - 4));
    }

    private static byte[] many(int count, byte[] frame) {
        return Frames.concat(Collections.nCopies(count, frame).toArray(byte[][]::new));
    }

    /** The last read puts the rest of the message in place, and no further input comes. */
    @Test
    void aMessageIsShownThoughTheTurnIsOverOnceItHasArrived() {
        Measuring listener = new Measuring(true);
        try (ListeningPeer peer = ListeningPeer.connect(listener).withReadsOf(Duration.ofMillis(5))) {
            peer.send(masked(FIN | Frames.BINARY, new byte[64 * 1024]));
            assertEquals(List.of(64 * 1024), listener.lengths);
        }
    }

    @Test
    void smallMessagesThatInflateToMuchAreShownInManyTurns() {
        Measuring listener = new Measuring(true);
        try (ListeningPeer peer = connect(listener, options)) {
            peer.sendOnly(many(250, compressed(MIB)));
            int atOnce = listener.lengths.size();
            assertTrue(atOnce <= 1, () -> atOnce + " MiB inflated in one turn");
            peer.settle();
            assertEquals(Collections.nCopies(250, MIB), listener.lengths);
            assertTrue(peer.isReadFrom());
        }
        assertEquals(0, Shared.of(options).pools().deflate().lent());
        assertEquals(
                0,
                Shared.of(options).pools().message().lent()
                        + Shared.of(options).pools().input().lent());
    }

    @Test
    void oneMessageThatInflatesToMuchIsInflatedInManyTurns() {
        Measuring listener = new Measuring(true);
        try (ListeningPeer peer = connect(listener, options)) {
            peer.sendOnly(compressed(48 * MIB), text("behind"));
            long inflated = peer.connection().byteCounts().received();
            assertTrue(inflated <= 2 * MIB, () -> inflated + " bytes inflated in one turn");
            assertEquals(List.of(), listener.lengths);
            peer.settle();
            assertEquals(List.of(48 * MIB, 6), listener.lengths);
            assertTrue(peer.isReadFrom());
        }
        assertEquals(0, Shared.of(options).pools().deflate().lent());
    }

    /** Each block makes the inflater begin anew with all that may be referred to, and yields nothing. */
    @Test
    void oneMessageOfManyFinalBlocksIsInflatedInManyTurns() {
        Measuring listener = new Measuring(true);
        WebSocketOptions large =
                ListeningPeer.quick().readBufferSize(MIB).readLimit(MIB).build();
        try (ListeningPeer peer = connect(listener, large)) {
            peer.sendOnly(masked(FIN | RSV1 | TEXT, Frames.repeat(Frames.hex("03 00"), MIB / 4)));
            assertEquals(List.of(), listener.lengths);
            peer.settle();
            assertEquals(List.of(0), listener.lengths);
            assertTrue(peer.isReadFrom());
        }
    }

    /** The pool has no buffer of that size. */
    @Test
    void oneMessageOnTheHeapIsInflatedInManyTurns() {
        Measuring listener = new Measuring(true);
        WebSocketOptions unlimited = options.toBuilder().readLimit(0).build();
        try (ListeningPeer peer = connect(listener, unlimited)) {
            while (Shared.of(unlimited).pools().message().acquire(1) != null) {
                // Takes buffers until all are lent. The connection keeps the pool.
            }
            peer.sendOnly(compressed(48 * MIB), text("behind"));
            long inflated = peer.connection().byteCounts().received();
            assertTrue(inflated <= 2 * MIB, () -> inflated + " bytes inflated in one turn");
            peer.settle();
            assertEquals(List.of(48 * MIB, 6), listener.lengths);
        }
    }

    @Test
    void aListenerThatTakesItsTimeIsInterruptedBetweenMessages() {
        Measuring slow = new Measuring(true) {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) {
                super.onMessage(connection, message);
                long until = System.nanoTime() + 1_000_000;
                while (System.nanoTime() - until < 0) {
                    Thread.onSpinWait();
                }
            }
        };
        try (ListeningPeer peer = connect(slow, options)) {
            peer.sendOnly(many(200, text("a")));
            int atOnce = slow.lengths.size();
            assertTrue(atOnce < 50, () -> atOnce + " ms in one turn");
            peer.settle();
            assertEquals(200, slow.lengths.size());
        }
    }

    @Test
    void whatIsInterruptedIsAnsweredInOrderAndBeforeTheClose() {
        EchoingListener echo = new EchoingListener();
        try (ListeningPeer peer = connect(echo, options)) {
            peer.sendOnly(
                    compressed(3 * MIB), text("between"), compressed(2 * MIB), Frames.ping("p"), Frames.close(1000));
            peer.settle();
            assertEquals(
                    List.of(3 * MIB, 7, 2 * MIB),
                    echo.messages().stream().map(m -> m.payload().length).toList());
            assertEquals("null", echo.end());
            assertEquals(1, echo.closes());
        }
    }

    @Test
    void whereNoThreadCanGoOnTheSameOneDoes() {
        Measuring listener = new Measuring(true);
        try (ListeningPeer peer = connect(listener, options)) {
            peer.shutDown();
            peer.sendOnly(many(5, compressed(MIB)));
            assertEquals(Collections.nCopies(5, MIB), listener.lengths);
            peer.sendOnly(Frames.close(1000));
            peer.end();
            assertEquals(1, peer.ends());
        }
    }

    /** Each of them has a thread of its own. */
    @Test
    void aListenerThatMayBlockIsNotInterrupted() {
        Measuring listener = new Measuring(false);
        try (ListeningPeer peer = connect(listener, options)) {
            peer.sendOnly(many(10, compressed(MIB)));
            assertEquals(10, listener.lengths.size());
        }
    }
}
