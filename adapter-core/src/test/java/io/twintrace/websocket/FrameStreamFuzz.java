package io.twintrace.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import io.twintrace.websocket.frame.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/** Whatever bytes a client sends: the connection makes of them what the plain reference does, and nothing else. */
class FrameStreamFuzz {
    /** So small that a short input can pass them. */
    private static final WebSocketOptions LIMITED = WebSocketOptions.builder()
            .readLimit(300)
            .fragmentLimit(5)
            .readBufferSize(256)
            .build();

    private static final WebSocketOptions UNLIMITED =
            WebSocketOptions.builder().readLimit(0).build();

    /** So many bytes of heap are fine for any stream, and so many more for each of its bytes, garbage included. */
    private static final long HEAP = 4 << 20;

    private static final long HEAP_PER_BYTE = 2000;

    @FuzzTest
    void clientsBytes(byte[] stream) throws IOException {
        long mostHeap = HEAP + HEAP_PER_BYTE * stream.length;
        if (heapToConverse(stream) > mostHeap) {
            long again = heapToConverse(stream); // the first time may have loaded classes
            assertTrue(again <= mostHeap, () -> again + " bytes of heap for " + stream.length + " bytes");
        }
    }

    private static long heapToConverse(byte[] stream) throws IOException {
        return whatArrivesAtOnceIsEchoed(stream) + whatArrivesByteByByteIsReadInPieces(stream);
    }

    private static long whatArrivesAtOnceIsEchoed(byte[] stream) throws IOException {
        ExpectedConversation expected = ExpectedConversation.echoing(stream, LIMITED);
        Conversation actual = new Conversation(stream, () -> Integer.MAX_VALUE, LIMITED);
        long heap = actual.run(actual::echo);
        actual.check(expected);
        assertEquals("", hex(actual.unfinished));
        return heap;
    }

    private static long whatArrivesByteByByteIsReadInPieces(byte[] stream) throws IOException {
        ExpectedConversation expected = ExpectedConversation.listening(stream, UNLIMITED);
        Conversation actual = new Conversation(stream, new Dripping(), UNLIMITED);
        long heap = actual.run(actual::readInPieces);
        actual.check(expected);
        // Nothing of a text behind its first wrong byte, and nothing that was not sent.
        assertTrue(hex(expected.unfinished()).startsWith(hex(actual.unfinished)));
        return heap;
    }

    /** Nothing, one byte, nothing, one byte. */
    private static final class Dripping implements IntSupplier {
        private int calls;

        @Override
        public int getAsInt() {
            return calls++ & 1;
        }
    }

    /** A connection that reads to the end. */
    private static final class Conversation {
        private final MemoryTransport transport;
        private final WebSocketOptions options;
        private final WebSocketConnection connection;
        private final List<Message> messages = new ArrayList<>();
        private byte[] unfinished = {};
        private String end;

        Conversation(byte[] stream, IntSupplier pieces, WebSocketOptions options) {
            this.transport = new MemoryTransport(stream, pieces);
            this.options = options;
            this.connection = transport.connection(options);
        }

        /** Reads until there is nothing more, and says how much heap that took. */
        long run(Reading reading) throws IOException {
            long before = allocatedByThisThread();
            end = endOf(reading);
            long allocated = allocatedByThisThread() - before;
            assertEquals(end, endOf(connection::readMessage), "an end is permanent");
            return allocated;
        }

        void check(ExpectedConversation expected) {
            assertEquals(described(expected.messages()), described(messages));
            assertEquals(expected.end(), end);
            assertEquals(hex(expected.answers()), hex(transport.written()));
            connection.abort();
            assertTrue(transport.isClosed());
            assertEquals(0, options.readPool().lent());
            assertEquals(0, options.writePool().lent());
        }

        Message echo() throws IOException {
            for (Message m; (m = connection.readMessage()) != null; ) {
                messages.add(m);
                connection.writeMessage(m.type(), m.payload());
            }
            return null;
        }

        Message readInPieces() throws IOException {
            byte[] piece = new byte[7];
            for (MessageReader reader; (reader = connection.nextReader()) != null; ) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                for (int n; (n = reader.read(piece, 0, piece.length)) >= 0; ) {
                    bytes.write(piece, 0, n);
                    unfinished = bytes.toByteArray();
                }
                unfinished = new byte[0];
                messages.add(new Message(reader.type(), bytes.toByteArray()));
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

    /** Reads until there is nothing more. */
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
