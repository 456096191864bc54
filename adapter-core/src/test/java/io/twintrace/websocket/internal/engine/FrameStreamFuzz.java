package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.CloseException;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageReader;
import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.ExpectedConversation;
import io.twintrace.websocket.fixture.ListenerConversation;
import io.twintrace.websocket.fixture.MemoryTransport;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.handshake.DeflateParameters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/** Whatever bytes a client sends, the connection gives the same result as the plain reference. */
class FrameStreamFuzz {
    /** So small that a short input can pass them. */
    private static final WebSocketOptions LIMITED = WebSocketOptions.builder()
            .readLimit(300)
            .fragmentLimit(5)
            .readBufferSize(256)
            .deflate(DeflateOptions.on())
            .build();

    private static final WebSocketOptions UNLIMITED =
            WebSocketOptions.builder().readLimit(0).deflate(DeflateOptions.on()).build();

    private static final WebSocketOptions LARGE = WebSocketOptions.builder()
            .readLimit(20_000)
            .deflate(DeflateOptions.on())
            .build();

    private static final DeflateParameters PLAIN_AGREEMENT =
            new DeflateParameters(false, false, OptionalInt.empty(), OptionalInt.empty());
    private static final DeflateParameters SMALLEST_WINDOW =
            new DeflateParameters(false, false, OptionalInt.empty(), OptionalInt.of(8));
    private static final DeflateParameters NO_TAKEOVER =
            new DeflateParameters(false, true, OptionalInt.empty(), OptionalInt.empty());

    private static final int SHORT = 64;

    /** Heap that any stream may use, and heap for each of its bytes, garbage included. */
    private static final long HEAP = 4 << 20;

    private static final long HEAP_PER_BYTE = 2000;

    @FuzzTest
    void clientsBytes(byte[] stream) throws IOException {
        long maxHeap = HEAP + HEAP_PER_BYTE * stream.length;
        if (heapToConverse(stream) > maxHeap) {
            long again = heapToConverse(stream); // the first time may have loaded classes
            assertTrue(again <= maxHeap, () -> again + " bytes of heap for " + stream.length + " bytes");
        }
        ListenerConversation.check(stream, List::of, LIMITED);
        if (stream.length < 16 * SHORT) {
            ListenerConversation.check(stream, ListenerConversation.Cut.inRounds(List.of(1)), LIMITED);
        }
    }

    private static long heapToConverse(byte[] stream) throws IOException {
        long heap = whatArrivesAtOnceIsEchoed(stream)
                + whatArrivesByteByByteIsReadInPieces(stream)
                + whatIsCompressedIsInflated(stream, LIMITED, PLAIN_AGREEMENT, Arrival.AT_ONCE)
                + whatIsCompressedIsInflated(stream, LARGE, SMALLEST_WINDOW, Arrival.AT_ONCE)
                + whatIsCompressedIsInflated(stream, LARGE, NO_TAKEOVER, Arrival.DRIPPING);
        if (stream.length < SHORT) { // a longer one could inflate to more than the reference handles quickly
            heap += whatIsCompressedIsInflated(stream, UNLIMITED, PLAIN_AGREEMENT, Arrival.AT_ONCE);
        }
        return heap;
    }

    private static long whatArrivesAtOnceIsEchoed(byte[] stream) throws IOException {
        ExpectedConversation expected = ExpectedConversation.echoing(stream, LIMITED);
        Conversation actual = new Conversation(stream, Arrival.AT_ONCE, LIMITED, Optional.empty());
        long heap = actual.run(actual::echo);
        actual.check(expected);
        assertEquals("", hex(actual.unfinished.toByteArray()));
        return heap;
    }

    private static long whatArrivesByteByByteIsReadInPieces(byte[] stream) throws IOException {
        ExpectedConversation expected = ExpectedConversation.listening(stream, UNLIMITED);
        Conversation actual = new Conversation(stream, Arrival.DRIPPING, UNLIMITED, Optional.empty());
        long heap = actual.run(actual::readInPieces);
        actual.check(expected);
        // No text behind its first wrong byte, and nothing that was not sent.
        assertTrue(hex(expected.unfinished()).startsWith(hex(actual.unfinished.toByteArray())));
        return heap;
    }

    private static long whatIsCompressedIsInflated(
            byte[] stream, WebSocketOptions options, DeflateParameters deflate, Arrival arrival) throws IOException {
        ExpectedConversation expected = ExpectedConversation.inflating(stream, options, deflate, true);
        Conversation actual = new Conversation(stream, arrival, options, Optional.of(deflate));
        long heap = actual.run(arrival == Arrival.AT_ONCE ? actual::readWhole : actual::readInPieces);
        if (actual.end.equals("ProtocolException 1007")) {
            expected = ExpectedConversation.inflating(stream, options, deflate, false);
        }
        actual.check(expected);
        assertTrue(hex(expected.unfinished()).startsWith(hex(actual.unfinished.toByteArray())));
        return heap;
    }

    /** How the stream is cut into pieces. */
    private enum Arrival {
        AT_ONCE,
        /** Nothing, one byte, nothing, one byte. */
        DRIPPING;

        IntSupplier pieces() {
            AtomicInteger calls = new AtomicInteger();
            return () -> this == AT_ONCE ? Integer.MAX_VALUE : calls.getAndIncrement() & 1;
        }
    }

    /** A connection that reads to the end. */
    private static final class Conversation {
        private final MemoryTransport transport;
        private final WebSocketOptions options;
        private final BlockingConnection connection;
        private final List<Message> messages = new ArrayList<>();
        private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream();
        private String end;

        Conversation(byte[] stream, Arrival arrival, WebSocketOptions options, Optional<DeflateParameters> deflate) {
            this.transport = new MemoryTransport(stream, arrival.pieces());
            this.options = options;
            this.connection = transport.connection(options, deflate);
        }

        /** Reads to the end, and returns how much heap that took. */
        long run(Reading reading) throws IOException {
            try {
                long before = allocatedByThisThread();
                end = endOf(reading);
                long allocated = allocatedByThisThread() - before;
                assertEquals(end, endOf(connection::readMessage), "an end is permanent");
                return allocated;
            } finally {
                connection.abort();
            }
        }

        void check(ExpectedConversation expected) {
            assertEquals(described(expected.messages()), described(messages));
            assertEquals(expected.end(), end);
            assertEquals(hex(expected.answers()), hex(expected.withoutReason(transport.written())));
            assertTrue(transport.isClosed());
            assertEquals(0, Shared.of(options).pools().input().lent());
            assertEquals(0, Shared.of(options).pools().write().lent());
            assertEquals(0, Shared.of(options).pools().deflate().lent());
        }

        Message echo() throws IOException {
            for (Message m; (m = connection.readMessage()) != null; ) {
                messages.add(m);
                connection.writeMessage(m.type(), m.payload());
            }
            return null;
        }

        Message readWhole() throws IOException {
            for (Message m; (m = connection.readMessage()) != null; ) {
                messages.add(m);
            }
            return null;
        }

        Message readInPieces() throws IOException {
            byte[] piece = new byte[7];
            for (MessageReader reader; (reader = connection.nextReader()) != null; ) {
                for (int n; (n = reader.read(piece, 0, piece.length)) >= 0; ) {
                    unfinished.write(piece, 0, n);
                }
                messages.add(new Message(reader.type(), unfinished.toByteArray()));
                unfinished.reset();
            }
            return null;
        }

        private static String endOf(Reading reading) throws IOException {
            try {
                return String.valueOf(reading.run());
            } catch (CloseException e) {
                return "CloseException " + e.code();
            } catch (ProtocolException e) {
                return "ProtocolException " + e.closeCode();
            }
        }
    }

    /** Reads to the end. */
    private interface Reading {
        Message run() throws IOException;
    }

    private static long allocatedByThisThread() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private static String described(List<Message> messages) {
        return messages.stream().map(m -> m.type() + " " + hex(m.payload())).collect(Collectors.joining("\n"));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
