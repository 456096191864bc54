package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageReader;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.ClientMessage;
import io.twintrace.websocket.fixture.ClientMessages;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.MemoryTransport;
import io.twintrace.websocket.fixture.ServerFrames;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.deflate.Agreements;
import io.twintrace.websocket.internal.deflate.ClientDeflater;
import io.twintrace.websocket.internal.deflate.ClientDeflater.Style;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.WithNull;

/** Messages through a whole connection, over a transport that cuts them anywhere. */
class MessageArrivalProperties {
    private final WebSocketOptions options =
            WebSocketOptions.builder().readBufferSize(1024).build();

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void fragmentedMessagesArriveWholeInOrderAndPingsAreAnswered(
            @ForAll @Size(max = 6) List<@From("messages") ClientMessage> messages,
            @ForAll @Size(max = 8) List<@IntRange(max = 3000) Integer> segments,
            @ForAll @IntRange(max = 2000) int pieceSize)
            throws IOException {
        checkArrival(messages, messages, segments, pieceSize, Optional.empty());
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void soDoMessagesThatTheClientHasCompressedOrNotInAnyWay(
            @ForAll @Size(max = 6) List<@From("messages") ClientMessage> messages,
            @ForAll("parameters") DeflateParameters parameters,
            @ForAll @Size(min = 1, max = 6) List<@WithNull(0.2) Style> styles,
            @ForAll @Size(max = 8) List<@IntRange(max = 3000) Integer> segments,
            @ForAll @IntRange(max = 2000) int pieceSize)
            throws IOException {
        List<ClientMessage> sent = new ArrayList<>();
        try (ClientDeflater deflater = new ClientDeflater(parameters)) {
            for (ClientMessage message : messages) {
                Style style = styles.get(sent.size() % styles.size());
                sent.add(style == null ? message : message.compressed(payload -> deflater.deflate(payload, style)));
            }
        }
        checkArrival(messages, sent, segments, pieceSize, Optional.of(parameters));
    }

    private void checkArrival(
            List<ClientMessage> messages,
            List<ClientMessage> sent,
            List<Integer> segments,
            int pieceSize,
            Optional<DeflateParameters> deflate)
            throws IOException {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        sent.forEach(message -> wire.writeBytes(message.bytes()));
        wire.writeBytes(Frames.close(1000));
        MemoryTransport transport = new MemoryTransport(wire.toByteArray(), segments);
        BlockingConnection connection = transport.connection(options, deflate);

        List<String> arrived = pieceSize == 0 ? readWhole(connection) : readInPieces(connection, pieceSize);
        connection.close();

        assertEquals(messages.stream().map(ClientMessage::event).toList(), arrived);
        assertEquals(answers(sent), ServerFrames.events(transport.written()));
        assertEquals(0, Shared.of(options).pools().input().lent());
        assertEquals(0, Shared.of(options).pools().write().lent());
        assertEquals(0, Shared.of(options).pools().deflate().lent());
        assertEquals(0, Shared.of(options).pools().deflate().resting());
    }

    private static List<String> readWhole(BlockingConnection connection) throws IOException {
        List<String> arrived = new ArrayList<>();
        for (Message m; (m = connection.readMessage()) != null; ) {
            arrived.add(ServerFrames.event(m.type().name(), m.payload()));
        }
        return arrived;
    }

    private static List<String> readInPieces(BlockingConnection connection, int pieceSize) throws IOException {
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

    @Provide
    Arbitrary<ClientMessage> messages() {
        return ClientMessages.any();
    }

    @Provide
    Arbitrary<DeflateParameters> parameters() {
        return Agreements.parameters();
    }
}
