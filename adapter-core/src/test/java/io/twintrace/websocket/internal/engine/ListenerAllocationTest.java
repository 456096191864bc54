package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Cost;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.PushPipe;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import io.twintrace.websocket.internal.deflate.ClientDeflater;
import io.twintrace.websocket.internal.deflate.ClientDeflater.Style;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A listener passes each message on, and nothing is allocated for it. */
@Timeout(120)
class ListenerAllocationTest {
    /** A listener that may block is called on its own thread and asks for a late flush. Both sometimes allocate. */
    private static final WebSocketListener NON_BLOCKING_ECHO = new WebSocketListener() {
        @Override
        public boolean isNonBlocking() {
            return true;
        }

        @Override
        public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
            connection.writeMessage(message);
        }
    };

    private static final HandshakeRequest REQUEST =
            new HandshakeRequest("GET", "HTTP/1.1", "/allocation", null, null, Map.of());
    private static final int MAX_MESSAGES = 20_000;
    private static final int LEAST_MESSAGES = 2_000;
    private static final int MAX_BYTES = 500_000_000;

    /** So many messages a byte that an object allocated for every hundredth one would show. */
    private static final int ONE_OBJECT_IN_SO_MANY_BYTES = 6;

    /** More than a task that continues an interrupted turn needs, including its name. */
    private static final long BYTES_OF_A_TASK = 200;

    @ParameterizedTest
    @ValueSource(ints = {125, 4096, 20_000, 64 * 1024, 1024 * 1024})
    void aBinaryMessageThatIsOnlyPassedOnAllocatesNothing(int size) throws Exception {
        assertAllocatesNothing(Frames.binary(Frames.pattern(size)), size);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain ASCII", "größer als ASCII", "日本語と😀"})
    void aTextMessageThatIsOnlyPassedOnAllocatesNothing(String text) throws Exception {
        assertAllocatesNothing(Frames.text(text), Frames.utf8(text).length);
        String large = text.repeat(100_000 / text.length());
        assertAllocatesNothing(Frames.text(large), Frames.utf8(large).length);
    }

    @ParameterizedTest
    @ValueSource(ints = {50, 4096, 64 * 1024})
    void aMessageInFragmentsThatIsOnlyPassedOnAllocatesNothing(int fragment) throws Exception {
        byte[] piece = Frames.pattern(fragment);
        byte[] frames = Frames.concat(
                Frames.masked(Frames.BINARY, piece),
                Frames.repeat(Frames.masked(Frames.CONTINUATION, piece), 3),
                Frames.masked(Frames.FIN | Frames.CONTINUATION, piece));
        assertAllocatesNothing(frames, 5 * fragment);
    }

    /** Compression creates another message on the way out. Even so, it needs no memory of its own. */
    @ParameterizedTest
    @CsvSource({"300, false", "300, true", "65536, false", "65536, true"})
    void aCompressedMessageThatIsOnlyPassedOnAllocatesNothing(int size, boolean noContextTakeover) throws Exception {
        DeflateParameters agreed =
                new DeflateParameters(noContextTakeover, noContextTakeover, OptionalInt.empty(), OptionalInt.empty());
        byte[] payload;
        try (ClientDeflater deflater = new ClientDeflater(agreed)) {
            payload = deflater.deflate(Frames.utf8("{\"key\":17}, ".repeat(size / 12)), Style.PLAIN);
        }
        Repeating peer = new Repeating(Frames.masked(Frames.FIN | Frames.RSV1 | Frames.TEXT, payload));
        assertAllocatesNothing(peer, LEAST_MESSAGES, Optional.of(agreed));
        assertTrue(peer.taken > 0);
    }

    private static void assertAllocatesNothing(byte[] frames, int payloadLength) throws Exception {
        int messages = Math.max(LEAST_MESSAGES, Math.min(MAX_MESSAGES, MAX_BYTES / payloadLength));
        Repeating peer = new Repeating(frames);
        assertAllocatesNothing(peer, messages, Optional.empty());
        int header = payloadLength < 126 ? 2 : payloadLength < 65_536 ? 4 : 10;
        assertEquals(2L * messages * (header + payloadLength), peer.taken);
    }

    private static void assertAllocatesNothing(Repeating peer, int messages, Optional<DeflateParameters> deflate)
            throws Exception {
        AtomicInteger passedOn = new AtomicInteger(); // turns: on a busy machine one may last too long
        WebSocketConnection connection = new ConnectionFactory(WebSocketOptions.defaults())
                .open(
                        peer,
                        REQUEST,
                        new Accepted(Map.of(), Optional.empty(), deflate),
                        NON_BLOCKING_ECHO,
                        new ListenerThreads(
                                (name, task) -> {
                                    passedOn.incrementAndGet();
                                    task.run();
                                },
                                ListenerAllocationTest.class.getClassLoader(),
                                (failed, error) -> {},
                                warning -> {}),
                        prepared -> {},
                        over -> {});
        Background<Long> measuring = Background.start(() -> {
            long least = Long.MAX_VALUE;
            for (int tries = 0; tries < 3 && least >= messages / ONE_OBJECT_IN_SO_MANY_BYTES; tries++) {
                peer.taken = 0;
                peer.send(messages); // until compiled code does it, which allocates less than the interpreter
                long before = Cost.allocatedByThread();
                peer.send(messages);
                least = Math.min(least, Cost.allocatedByThread() - before);
            }
            return least;
        });
        measuring.thread().join(TimeUnit.SECONDS.toMillis(100)); // result() alone would give up after ten
        long allocated = measuring.result();
        connection.abort();
        assertTrue(
                allocated < messages / ONE_OBJECT_IN_SO_MANY_BYTES + passedOn.get() * BYTES_OF_A_TASK,
                () -> allocated + " bytes for " + messages + " messages");
    }

    /** Sends one message again and again, and allocates nothing by itself. */
    private static final class Repeating extends PushPipe {
        private final ByteBuffer frames;
        private long taken;

        Repeating(byte[] frames) {
            this.frames = ByteBuffer.allocateDirect(frames.length).put(frames);
        }

        void send(int times) {
            for (int i = 0; i < times; i++) {
                frames.rewind();
                while (frames.hasRemaining()) {
                    events().readable();
                }
            }
        }

        @Override
        public void awaitInput() {
            // The input comes as long as there is any.
        }

        @Override
        public int read(ByteBuffer into) {
            int n = Math.min(frames.remaining(), into.remaining());
            into.put(into.position(), frames, frames.position(), n).position(into.position() + n);
            frames.position(frames.position() + n);
            return n;
        }

        @Override
        public boolean tryWrite(ByteBuffer[] buffers) {
            for (ByteBuffer buffer : buffers) {
                taken += buffer.remaining();
                buffer.position(buffer.limit());
            }
            return true;
        }

        @Override
        public boolean startWrite(ByteBuffer buffer) {
            throw new UnsupportedOperationException("everything is taken at once");
        }

        @Override
        public boolean shutdownOutput() {
            return true;
        }

        @Override
        public void close() {
            // No thread waits for this.
        }
    }
}
