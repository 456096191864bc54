package io.twintrace.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.frame.Texts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Messages through a whole connection, over a transport that cuts them anywhere. */
class MessageArrivalProperties {
    private final WebSocketOptions options =
            WebSocketOptions.builder().readBufferSize(1024).build();

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void anyMessagesInAnyFragmentsArriveWholeAndInOrderAndAnyPingIsAnswered(
            @ForAll @Size(max = 6) List<@From("messages") ClientMessage> messages,
            @ForAll @Size(max = 8) List<@IntRange(max = 3000) Integer> segments,
            @ForAll @IntRange(max = 2000) int pieceSize)
            throws IOException {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        messages.forEach(message -> wire.writeBytes(message.bytes()));
        wire.writeBytes(Frames.close(1000));
        MemoryTransport transport = new MemoryTransport(wire.toByteArray(), new Segments(segments));
        WebSocketConnection connection = transport.connection(options);

        List<String> arrived = pieceSize == 0 ? readWhole(connection) : readInPieces(connection, pieceSize);
        connection.close();

        assertEquals(messages.stream().map(ClientMessage::event).toList(), arrived);
        assertEquals(answers(messages), ServerFrames.events(transport.written()));
        assertEquals(0, options.readPool().lent());
        assertEquals(0, options.writePool().lent());
    }

    private static List<String> readWhole(WebSocketConnection connection) throws IOException {
        List<String> arrived = new ArrayList<>();
        for (Message m; (m = connection.readMessage()) != null; ) {
            arrived.add(ServerFrames.event(m.type().name(), m.payload()));
        }
        return arrived;
    }

    private static List<String> readInPieces(WebSocketConnection connection, int pieceSize) throws IOException {
        List<String> arrived = new ArrayList<>();
        byte[] piece = new byte[pieceSize];
        for (MessageReader reader; (reader = connection.nextReader()) != null; ) {
            ByteArrayOutputStream payload = new ByteArrayOutputStream();
            for (int n; (n = reader.read(piece, 0, pieceSize)) >= 0; ) {
                payload.write(piece, 0, n);
            }
            arrived.add(ServerFrames.event(reader.type().name(), payload.toByteArray()));
        }
        return arrived;
    }

    private static List<String> answers(List<ClientMessage> messages) {
        Stream<String> pongs = messages.stream()
                .flatMap(message -> message.pings().stream())
                .map(ping -> ServerFrames.event("PONG", ping.bytes()));
        return Stream.concat(pongs, Stream.of("CLOSE 03e8")).toList();
    }

    /** Pieces of these sizes over and over, and one byte after each round. */
    private static final class Segments implements IntSupplier {
        private final List<Integer> sizes;
        private int next;

        Segments(List<Integer> sizes) {
            this.sizes = sizes;
        }

        @Override
        public int getAsInt() {
            int at = next++ % (sizes.size() + 1);
            return at == sizes.size() ? 1 : sizes.get(at);
        }
    }

    // ---- What a client may send -----------------------------------------------------------------------------------

    @Provide
    Arbitrary<ClientMessage> messages() {
        Arbitrary<List<Integer>> cuts =
                Arbitraries.integers().between(0, 70_000).list().ofMaxSize(6);
        Arbitrary<List<ClientMessage.Control>> controls = controls().list().ofMaxSize(4);
        Arbitrary<Integer> keys = Arbitraries.integers();
        Arbitrary<ClientMessage> texts = Combinators.combine(textPayloads(), cuts, controls, keys)
                .as((payload, at, between, key) -> new ClientMessage(MessageType.TEXT, payload, at, between, key));
        Arbitrary<ClientMessage> binaries = Combinators.combine(binaryPayloads(), cuts, controls, keys)
                .as((payload, at, between, key) -> new ClientMessage(MessageType.BINARY, payload, at, between, key));
        return Arbitraries.oneOf(texts, binaries);
    }

    private static Arbitrary<ClientMessage.Control> controls() {
        Arbitrary<String> payloads =
                Arbitraries.strings().withCharRange('a', 'z').ofMaxLength(125);
        return Combinators.combine(
                        Arbitraries.of(Frames.PING, Frames.PONG),
                        payloads,
                        Arbitraries.integers().between(0, 6))
                .as(ClientMessage.Control::new);
    }

    private static Arbitrary<byte[]> textPayloads() {
        return Arbitraries.frequencyOf(
                Tuple.of(4, Texts.texts(100).map(Texts::utf8)),
                Tuple.of(
                        1, lengths().map(length -> Texts.utf8("aé€😀".repeat(length / 10) + "x".repeat(length % 10)))));
    }

    private static Arbitrary<byte[]> binaryPayloads() {
        return Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.bytes().array(byte[].class).ofMaxSize(300)),
                Tuple.of(1, lengths().map(Frames::pattern)));
    }

    /** Around every boundary of a frame's length, and of a buffer. */
    private static Arbitrary<Integer> lengths() {
        return Arbitraries.of(0, 1, 125, 126, 127, 1023, 1024, 1025, 16_384, 65_535, 65_536, 65_537, 100_000);
    }
}
