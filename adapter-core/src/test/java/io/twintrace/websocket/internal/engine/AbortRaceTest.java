package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.CONTINUATION;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.RSV1;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.MessageReader;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.FilterTransport;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.MemoryTransport;
import io.twintrace.websocket.fixture.TestPeer;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** One thread reads compressed messages, one writes them, and a third one cuts the connection, again and again. */
class AbortRaceTest {
    private static final long NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int LEAST_ROUNDS = 20;

    private static final byte[] HELLO = Frames.hex("f2 48 cd c9 c9 07 00");

    /** 20000 times the same letter. */
    private static final byte[] LONG =
            Frames.hex("ec c1 31 01 00 00 00 c2 a0 ac eb 5f c2 1a 1e 40 01" + " 00".repeat(18) + " f0 60 00");

    /** Messages that are short, in fragments, empty, and much longer than they look. */
    private static final byte[] MESSAGES = Frames.concat(
            Frames.masked(FIN | RSV1 | TEXT, HELLO),
            Frames.masked(RSV1 | TEXT, Frames.hex("f2 48 cd")),
            Frames.ping("p"),
            Frames.masked(FIN | CONTINUATION, Frames.hex("c9 c9 07 00")),
            Frames.masked(FIN | RSV1 | TEXT, new byte[0]),
            Frames.masked(FIN | RSV1 | TEXT, LONG));

    private static final DeflateParameters TAKEOVER =
            new DeflateParameters(false, false, OptionalInt.empty(), OptionalInt.empty());
    private static final DeflateParameters NO_TAKEOVER =
            new DeflateParameters(true, true, OptionalInt.empty(), OptionalInt.empty());

    private final WebSocketOptions options = TestPeer.quick()
            .deflate(DeflateOptions.on().withThreshold(0).withLevel(1))
            .build();
    private final Random random = new Random(1);

    /** The peer sends the messages over and over, and reads everything, until the connection is cut. */
    private static final class Endless extends FilterTransport {
        private volatile boolean closed;
        private int at; // for the thread that reads

        private Endless() {
            super(new MemoryTransport(new byte[0], () -> 0));
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            checkOpen();
            int n = Math.min(into.remaining(), MESSAGES.length - at);
            into.put(MESSAGES, at, n);
            at = (at + n) % MESSAGES.length;
            return n;
        }

        @Override
        public boolean tryWrite(ByteBuffer[] buffers) throws IOException {
            checkOpen();
            for (ByteBuffer buffer : buffers) {
                buffer.position(buffer.limit());
            }
            return true;
        }

        @Override
        public void close() {
            closed = true;
        }

        private void checkOpen() throws IOException {
            if (closed) {
                throw new ClosedChannelException();
            }
        }
    }

    @Test
    void whoReadsAndWhoWritesGetIOExceptionsAndEverythingIsGivenBack() throws Exception {
        again((connection, inPieces) -> {
            Background<Void> writing = Background.run("writer", () -> {
                while (true) {
                    write(connection, inPieces);
                }
            });
            cutWhileReading(connection, inPieces);
            writing.failure(IOException.class);
        });
    }

    /**
     * With only two threads, a cut hits the moments between two reads more often. In those, the cutting thread gives
     * everything back.
     */
    @Test
    void theOnlyReaderIsNeverToldThatAnotherThreadIsReading() throws Exception {
        again(this::cutWhileReading);
    }

    private interface Round {
        void run(BlockingConnection connection, boolean inPieces) throws Exception;
    }

    private void again(Round round) throws Exception {
        long begin = System.nanoTime();
        int rounds = 0;
        while (rounds < LEAST_ROUNDS || System.nanoTime() - begin < NANOS) {
            BlockingConnection connection = new ConnectionFactory(options)
                    .open(
                            new Endless(),
                            new HandshakeRequest("GET", "HTTP/1.1", "/endless", null, null, Map.of()),
                            new Accepted(
                                    Map.of(), Optional.empty(), Optional.of(rounds % 4 < 2 ? TAKEOVER : NO_TAKEOVER)));
            round.run(connection, rounds % 2 == 0);
            assertEquals(0, Shared.of(options).pools().deflate().lent(), "inflaters and deflaters lent");
            assertEquals(0, Shared.of(options).pools().deflate().resting(), "native memory held for nobody");
            assertEquals(0, Shared.of(options).pools().input().lent(), "read buffers lent");
            assertEquals(0, Shared.of(options).pools().write().lent(), "write buffers lent");
            rounds++;
        }
    }

    private void cutWhileReading(BlockingConnection connection, boolean inPieces) throws Exception {
        CountDownLatch enough = new CountDownLatch(random.nextInt(20));
        Background<Void> reading = Background.run("reader", () -> {
            while (true) {
                read(connection, inPieces);
                enough.countDown();
            }
        });
        assertTrue(enough.await(Background.PATIENCE_SECONDS, TimeUnit.SECONDS), "the reader has stopped");
        connection.abort();
        reading.failure(IOException.class);
    }

    private static void read(BlockingConnection connection, boolean inPieces) throws IOException {
        if (inPieces) {
            MessageReader reader = connection.nextReader();
            byte[] piece = new byte[10];
            while (reader.read(piece) >= 0) {}
        } else {
            assertTrue(connection.readMessage() != null, "the peer has not closed");
        }
    }

    private static void write(BlockingConnection connection, boolean inPieces) throws IOException {
        if (inPieces) {
            MessageWriter writer = connection.nextWriter(MessageType.TEXT);
            writer.write("Hello");
            writer.flush();
            writer.write(", world");
            writer.close();
        } else {
            connection.writeMessage("Hello, world");
        }
    }
}
