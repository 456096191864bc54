package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.RSV1;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Cost;
import io.twintrace.websocket.fixture.FilterTransport;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.MemoryTransport;
import io.twintrace.websocket.fixture.TestPeer;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.deflate.ClientDeflater;
import io.twintrace.websocket.internal.deflate.ClientDeflater.Style;
import io.twintrace.websocket.internal.io.Transport;
import io.twintrace.websocket.internal.write.EncodedMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What compression holds and gives back, and what happens when no memory is left. */
class CompressionMemoryTest {
    /** "Hello", compressed by itself. */
    private static final String HELLO = "f2 48 cd c9 c9 07 00";

    /** The same again, referring to the message before. */
    private static final String HELLO_AGAIN = "f2 00 11 00 00";

    private static final DeflateOptions DEFLATE =
            DeflateOptions.on().withThreshold(0).withLevel(6);

    private static WebSocketOptions.Builder compressing() {
        return TestPeer.quick().deflate(DEFLATE);
    }

    private static byte[] deflated(int first, String hex) {
        return Frames.masked(first, Frames.hex(hex));
    }

    @Test
    void aConnectionGivesEverythingBackAtItsEnd() throws IOException {
        WebSocketOptions options = compressing().build();
        try (TestPeer peer = TestPeer.connectDeflating(options, "");
                TestPeer other = TestPeer.connectDeflating(options, "")) {
            peer.send(deflated(FIN | RSV1 | TEXT, HELLO));
            assertEquals("Hello", peer.connection().readMessage().text());
            peer.connection().writeMessage("Hello");
            assertEquals(0, Shared.of(options).pools().deflate().lent(), "between messages");

            peer.send(deflated(RSV1 | TEXT, HELLO));
            peer.connection().nextReader();
            MessageWriter writer = peer.connection().nextWriter(MessageType.BINARY);
            writer.write(new byte[100_000]);
            assertEquals(2, Shared.of(options).pools().deflate().lent());
            peer.connection().abort();
            assertEquals(0, Shared.of(options).pools().deflate().lent());
            assertEquals(2, Shared.of(options).pools().deflate().resting(), "another connection may use them");
            assertThrows(IOException.class, writer::close);
            assertEquals(0, Shared.of(options).pools().write().lent());

            other.connection().abort();
            assertEquals(0, Shared.of(options).pools().deflate().resting(), "nobody is left who could");
        }
    }

    /** Its length is not known before its end, so that it is collected in blocks first. */
    @Test
    void aLargeMessageIsCopiedOnlyOnce() throws IOException {
        byte[] message = new byte[8 << 20];
        DeflateParameters agreed = new DeflateParameters(true, true, OptionalInt.empty(), OptionalInt.empty());
        byte[] frame;
        try (ClientDeflater deflater = new ClientDeflater(agreed)) {
            frame = Frames.masked(FIN | RSV1 | Frames.BINARY, deflater.deflate(message, Style.PLAIN));
        }
        WebSocketOptions options = compressing().readLimit(message.length).build();
        BlockingConnection connection =
                new MemoryTransport(frame, List.of(frame.length)).connection(options, Optional.of(agreed));
        long before = Cost.allocatedByThread();
        assertArrayEquals(message, connection.readMessage().payload());
        long allocated = Cost.allocatedByThread() - before;
        assertTrue(allocated < 2.5 * message.length, () -> allocated + " bytes");
        connection.abort();
    }

    /** A deflater is the largest thing that a connection could hold. */
    @Test
    void manyConnectionsShareOneDeflaterAndEachRemembersItsOwnMessages() throws IOException {
        WebSocketOptions options = compressing().build();
        try (TestPeer first = TestPeer.connectDeflating(options, "");
                TestPeer second = TestPeer.connectDeflating(options, "")) {
            for (TestPeer peer : List.of(first, second, second, first)) {
                peer.connection().writeMessage("Hello");
                assertEquals(0, Shared.of(options).pools().deflate().lent());
                assertEquals(1, Shared.of(options).pools().deflate().resting());
            }
            for (TestPeer peer : List.of(first, second)) {
                peer.expectFrame(FIN | RSV1 | TEXT, Frames.hex(HELLO));
                peer.expectFrame(FIN | RSV1 | TEXT, Frames.hex(HELLO_AGAIN));
            }
        }
    }

    @Test
    void aMessageThatMemoryWasShortForIsNeverSentAsIfItWereWhole() throws IOException {
        for (int failing : new int[] {1, 2}) {
            AtomicInteger writes = new AtomicInteger();
            UnaryOperator<Transport> failingOnce = inner -> new FilterTransport(inner) {
                @Override
                public boolean tryWrite(ByteBuffer[] buffers) throws IOException {
                    if (writes.incrementAndGet() == failing) {
                        throw new OutOfMemoryError("as a transport's buffer may meet it");
                    }
                    return super.tryWrite(buffers);
                }
            };
            byte[] message = new byte[100_000];
            new Random(1).nextBytes(message);
            try (TestPeer peer = TestPeer.connectDeflating(compressing().build(), "", failingOnce)) {
                MessageWriter writer = peer.connection().nextWriter(MessageType.BINARY);
                assertThrows(OutOfMemoryError.class, () -> writer.write(message));
                assertThrows(IOException.class, writer::close);
                if (failing == 2) {
                    peer.expectHex("42 7e 3f f2");
                    peer.receive(0x3ff2);
                }
                peer.expectEof();
            }
        }
    }

    /** Otherwise the rest of a message could be read as frames, or inflated data be missing from the history. */
    @Test
    void aReadThatMemoryWasShortForIsTheLast() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        UnaryOperator<Transport> shortOnce = transport -> new FilterTransport(transport) {
            @Override
            public int read(ByteBuffer into) throws IOException {
                if (reads.incrementAndGet() == 1) {
                    throw new OutOfMemoryError("as whoever allocates may meet it");
                }
                return super.read(into);
            }
        };
        try (TestPeer peer = TestPeer.connectDeflating(compressing().build(), "", shortOnce)) {
            peer.send(deflated(FIN | RSV1 | TEXT, HELLO));
            OutOfMemoryError error = assertThrows(OutOfMemoryError.class, peer.connection()::readMessage);
            IOException after = assertThrows(IOException.class, peer.connection()::readMessage);
            assertSame(error, after.getCause());
            peer.expectClose(1011);
        }
    }

    /** Prepares 64 MiB of incompressible data in a heap of 256 MiB: once plain, once compressed. */
    @Test
    void preparingWhatCannotBeCompressedTakesLittleMoreThanItsSize() throws Exception {
        int size = 8 << 20;
        byte[] noise = new byte[size];
        new Random(7).nextBytes(noise);
        PreparedMessage prepared = PreparedMessage.of(MessageType.BINARY, noise);
        WebSocketOptions options = compressing().build();
        Cost cost = Cost.measure(() -> EncodedMessage.of(prepared)
                        .compressed(Shared.of(options).pools().deflate(), 6, 1 << 8))
                .result();
        EncodedMessage.Frame frame = EncodedMessage.of(prepared)
                .compressed(Shared.of(options).pools().deflate(), 6, 1 << 8);
        assertTrue(frame.payloadLength() > size);
        cost.assertAtMost(size / 8 * 14L, Duration.ofSeconds(20));
        byte[] head = new byte[6];
        frame.bytes().get(head);
        assertArrayEquals(new byte[] {(byte) 0xc2, 127, 0, 0, 0, 0}, head, "one frame, its length in 64 bits");
    }

    @Test
    void whatFailedToBeWrittenIsNotCounted() throws IOException {
        try (TestPeer peer = TestPeer.connectDeflating(compressing().build(), "")) {
            peer.connection().writeMessage("Hello");
            String traffic = peer.connection().byteCounts().toString();
            peer.connection().abort();
            assertThrows(IOException.class, () -> peer.connection().writeMessage("Hello"));
            assertThrows(IOException.class, () -> peer.connection().writePrepared(PreparedMessage.text("Hello")));
            assertThrows(IOException.class, () -> peer.connection().nextWriter(MessageType.TEXT));
            assertEquals(traffic, peer.connection().byteCounts().toString());
        }
    }
}
