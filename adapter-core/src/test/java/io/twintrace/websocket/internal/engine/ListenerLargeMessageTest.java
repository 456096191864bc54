package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.BINARY;
import static io.twintrace.websocket.fixture.Frames.CONTINUATION;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.RSV1;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static io.twintrace.websocket.fixture.Frames.masked;
import static io.twintrace.websocket.fixture.Frames.pattern;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.ListeningPeer;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.deflate.ClientDeflater;
import io.twintrace.websocket.internal.deflate.ClientDeflater.Style;
import io.twintrace.websocket.internal.io.MessagePool;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages are put together as they arrive, in buffers of several sizes; these tests cover the edges. */
@Timeout(120)
class ListenerLargeMessageTest {
    private static final int MIB = 1 << 20;
    private static final String OF_EVERY_LENGTH = "a\u00e9\u20ac\ud83d\ude00"; // ten bytes

    private final WebSocketOptions options =
            ListeningPeer.quick().readLimit(4 * MIB).build();

    /** Held, because a collection between two connections would end their pools. */
    private final Shared shared = Shared.of(options);

    private final List<Integer> pooled = new ArrayList<>();
    private final List<byte[]> shown = new ArrayList<>();
    private final WebSocketListener listener = new WebSocketListener() {
        @Override
        public void onMessage(WebSocketConnection connection, MessageView message) {
            pooled.add(shared.pools().message().lent());
            byte[] payload = new byte[message.length()];
            message.payload().get(payload);
            shown.add(payload);
        }
    };

    @ParameterizedTest
    @ValueSource(ints = {1, 4096, 16_384, 65_536, 262_144, MIB, MIB + 10})
    void messagesAroundBufferSizesArriveIntactInPiecesOfAnySize(int size) {
        for (int piece : new int[] {777, 16_384, 16_398, 60_001, 2 * MIB}) {
            try (ListeningPeer peer = ListeningPeer.connect(listener, options)) {
                for (int length = size - 1; length <= size + 1; length++) {
                    byte[] payload = pattern(length);
                    send(peer, masked(FIN | BINARY, payload), piece);
                    assertArrayEquals(payload, last());
                    byte[] text = text(length);
                    send(peer, masked(FIN | TEXT, text), piece);
                    assertArrayEquals(text, last());
                }
                assertEquals(0, peer.lentBuffers());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 4096, 20_000, 300_000})
    void soDoFragmentsWithPingsInBetween(int fragment) {
        for (int piece : new int[] {777, 16_384, 2 * MIB}) {
            try (ListeningPeer peer = ListeningPeer.connect(listener, options)) {
                byte[] text = text(4 * fragment + 1);
                ByteArrayOutputStream wire = new ByteArrayOutputStream();
                for (int at = 0; at < text.length; at += fragment) {
                    byte[] part = Arrays.copyOfRange(text, at, Math.min(at + fragment, text.length));
                    wire.writeBytes(masked(at == 0 ? TEXT : CONTINUATION, part));
                    wire.writeBytes(Frames.masked(FIN | Frames.PING, new byte[0]));
                }
                wire.writeBytes(masked(FIN | CONTINUATION, new byte[0]));
                send(peer, wire.toByteArray(), piece);
                assertArrayEquals(text, last());
                assertEquals(0, peer.lentBuffers());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4096, 16_384, 65_536, 262_144, MIB})
    void aCompressedMessageThatFillsABufferExactlyNeedsNoLargerOne(int size) {
        byte[] text = text(size);
        try (ListeningPeer peer = ListeningPeer.connect(listener, options, Optional.of(agreed()))) {
            exhaust(size + 1);
            int others = shared.pools().message().lent();
            send(peer, masked(FIN | RSV1 | TEXT, deflated(text)), 777);
            assertArrayEquals(text, last());
            assertEquals(List.of(others + 1), pooled, "it lies in a buffer of the pool");
        }
    }

    /** Neither the blocks that it was inflated into, nor the message before it. */
    @Test
    void onlyTheMessageItselfIsOnTheHeapWhileItIsShownAndNothingAfterwards() {
        int size = 32 * MIB;
        List<Long> used = new ArrayList<>();
        WebSocketListener measuring = new WebSocketListener() {
            @Override
            public void onOpen(WebSocketConnection connection) {
                connection.setPingHandler(payload -> used.add(usedHeap()));
            }

            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) {
                used.add(usedHeap());
            }
        };
        byte[] frame = masked(FIN | RSV1 | BINARY, deflated(new byte[size]));
        WebSocketOptions large = ListeningPeer.quick().readLimit(size).build();
        try (ListeningPeer peer = ListeningPeer.connect(measuring, large, Optional.of(agreed()))) {
            long before = usedHeap();
            peer.send(frame, Frames.ping(""));
            List<Long> messagesHeld = used.stream()
                    .map(now -> Math.round((double) (now - before) / size))
                    .toList();
            assertEquals(List.of(1L, 0L), messagesHeld);
        }
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4097, 65_537})
    void whereThePoolHasNothingLeftMessagesArePutTogetherOnTheHeap(int exhausted) {
        exhaust(exhausted);
        int others = shared.pools().message().lent();
        for (int piece : new int[] {777, 16_384, 2 * MIB}) {
            try (ListeningPeer peer = ListeningPeer.connect(listener, options, Optional.of(agreed()))) {
                byte[] text = text(300_000);
                send(peer, masked(FIN | TEXT, text), piece);
                assertArrayEquals(text, last());
                send(peer, masked(FIN | RSV1 | TEXT, deflated(text)), piece);
                assertArrayEquals(text, last());
            }
        }
        assertEquals(List.of(others, others, others, others, others, others), pooled);
        assertEquals(others, shared.pools().message().lent());
    }

    /** The declared length counts only up to four times what the peer has sent. */
    @Test
    void memoryFollowsWhatHasArrived() {
        exhaust(64 * 1024);
        int others = shared.pools().message().lent();
        try (ListeningPeer peer = ListeningPeer.connect(listener, options)) {
            byte[] frame = masked(FIN | BINARY, pattern(MIB));
            peer.send(Arrays.copyOf(frame, 4000));
            assertEquals(others + 1, shared.pools().message().lent(), "16 KiB");
            peer.send(Arrays.copyOfRange(frame, 4000, 16_000));
            assertEquals(others + 1, shared.pools().message().lent(), "the same");
            peer.send(Arrays.copyOfRange(frame, 16_000, 17_000));
            assertEquals(others, shared.pools().message().lent(), "there are no larger ones");
        }
    }

    /** A peer that has sent most of a small message gets only as much as the message has. */
    @Test
    void noMoreIsTakenThanTheMessageHas() {
        exhaust(16_385);
        int others = shared.pools().message().lent();
        try (ListeningPeer peer = ListeningPeer.connect(listener, options)) {
            peer.send(Arrays.copyOf(masked(FIN | BINARY, pattern(10_000)), 7000));
            assertEquals(others + 1, shared.pools().message().lent());
        }
    }

    /** With TLS a read brings at most one record, and a turn for each record would be expensive. */
    @Test
    void recordsAreReadInOneTurnAsLongAsThereAreMore() {
        try (ListeningPeer peer = ListeningPeer.connect(listener, options).withRecordsOf(16 * 1024)) {
            int before = peer.timesAwaited();
            byte[] payload = pattern(200_000);
            peer.send(masked(FIN | BINARY, payload));
            assertArrayEquals(payload, last());
            assertEquals(before + 1, peer.timesAwaited());
        }
    }

    private byte[] last() {
        return shown.get(shown.size() - 1);
    }

    private static void send(ListeningPeer peer, byte[] bytes, int piece) {
        for (int at = 0; at < bytes.length; at += piece) {
            peer.send(Arrays.copyOfRange(bytes, at, Math.min(at + piece, bytes.length)));
        }
    }

    /** Takes all buffers of the size that holds so many bytes, and of all larger sizes. */
    private void exhaust(int least) {
        MessagePool pool = shared.pools().message();
        List<ByteBuffer> taken = new ArrayList<>();
        while (least <= MIB
                && taken.isEmpty()) { // the pools of earlier tests may have used up the direct memory, for ten seconds
            ByteBuffer first = pool.acquire(least);
            if (first != null) {
                taken.add(first);
            } else {
                LockSupport.parkNanos(1_000_000);
            }
        }
        for (int size = least; size <= MIB; ) {
            ByteBuffer next = pool.acquire(size);
            if (next != null) {
                taken.add(next);
            } else {
                size = taken.get(taken.size() - 1).capacity() + 1;
            }
        }
    }

    private static byte[] text(int length) {
        byte[] text = Frames.utf8(OF_EVERY_LENGTH.repeat(length / 10));
        byte[] padded = Arrays.copyOf(text, length);
        Arrays.fill(padded, text.length, length, (byte) 'z');
        return padded;
    }

    private static DeflateParameters agreed() {
        return new DeflateParameters(false, true, OptionalInt.empty(), OptionalInt.empty());
    }

    private static byte[] deflated(byte[] text) {
        try (ClientDeflater deflater = new ClientDeflater(agreed())) {
            return deflater.deflate(text, Style.PLAIN);
        }
    }
}
