package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.ClientMessage;
import io.twintrace.websocket.fixture.ClientMessages;
import io.twintrace.websocket.fixture.EchoingListener;
import io.twintrace.websocket.fixture.ListenerConversation;
import io.twintrace.websocket.fixture.ListeningPeer;
import io.twintrace.websocket.fixture.MemoryTransport;
import io.twintrace.websocket.fixture.ServerFrames;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.deflate.Agreements;
import io.twintrace.websocket.internal.deflate.ClientDeflater;
import io.twintrace.websocket.internal.deflate.ClientDeflater.Style;
import io.twintrace.websocket.internal.deflate.ReferenceInflater;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.WithNull;

/**
 * A listener receives what a handler would have read, and the peer sees no difference, however the bytes arrive and
 * leave.
 */
class ListenerArrivalProperties {
    private final WebSocketOptions options = WebSocketOptions.builder()
            .readBufferSize(1024)
            .writeBufferSize(512)
            .readLimit(200_000)
            .deflate(DeflateOptions.on().withThreshold(20))
            .build();

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void aListenersEchoIsThatOfAHandlerHoweverTheBytesAreCut(
            @ForAll @Size(max = 6) List<@From("messages") ClientMessage> messages,
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 3000) Integer> segments)
            throws IOException {
        check(ClientMessages.stream(messages), segments, Optional.empty(), List.of());
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void soItIsWhereMessagesAreCompressed(
            @ForAll @Size(max = 6) List<@From("messages") ClientMessage> messages,
            @ForAll("parameters") DeflateParameters parameters,
            @ForAll @Size(min = 1, max = 6) List<@WithNull(0.2) Style> styles,
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 3000) Integer> segments)
            throws IOException {
        check(
                ClientMessages.stream(compressed(messages, parameters, styles)),
                segments,
                Optional.of(parameters),
                List.of());
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void soItIsForAPeerThatTakesTheAnswersInAnyPortions(
            @ForAll @Size(max = 6) List<@From("messages") ClientMessage> messages,
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 3000) Integer> segments,
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 3000) Integer> portions)
            throws IOException {
        check(ClientMessages.stream(messages), segments, Optional.empty(), portions);
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void soItIsForSuchAPeerWhereMessagesAreCompressed(
            @ForAll @Size(max = 6) List<@From("messages") ClientMessage> messages,
            @ForAll("parameters") DeflateParameters parameters,
            @ForAll @Size(min = 1, max = 6) List<@WithNull(0.2) Style> styles,
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 3000) Integer> segments,
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 3000) Integer> portions)
            throws IOException {
        check(
                ClientMessages.stream(compressed(messages, parameters, styles)),
                segments,
                Optional.of(parameters),
                portions);
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void whateverIsWrongInAStreamEndsItAsTheRfcSays(
            @ForAll @Size(max = 4) List<@From("messages") ClientMessage> messages,
            @ForAll @Size(min = 1, max = 4) List<@From("damages") int[]> damages,
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 3000) Integer> segments) {
        byte[] stream = ClientMessages.stream(messages);
        damage(stream, damages);
        ListenerConversation.check(stream, cutIn(segments), options);
    }

    @Property(tries = 300)
    void garbageEndsWithOneLastCall(
            @ForAll @Size(max = 300) byte[] garbage,
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 100) Integer> segments) {
        ListenerConversation.check(garbage, cutIn(segments), options);
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void whateverIsWrongInACompressedStreamEndsWithOneLastCall(
            @ForAll @Size(min = 1, max = 4) List<@From("messages") ClientMessage> messages,
            @ForAll("parameters") DeflateParameters parameters,
            @ForAll @Size(min = 1, max = 6) List<@WithNull(0.2) Style> styles,
            @ForAll @Size(min = 1, max = 4) List<@From("damages") int[]> damages,
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 3000) Integer> segments) {
        byte[] stream = ClientMessages.stream(compressed(messages, parameters, styles));
        damage(stream, damages);
        EchoingListener listener = new EchoingListener();
        ListeningPeer peer = ListeningPeer.connect(listener, options, Optional.of(parameters));
        for (byte[] piece : cutIn(segments).cut(stream)) {
            peer.send(piece);
        }
        peer.end();
        List<String> written = ServerFrames.events(peer.received(), ReferenceInflater.ofServer(parameters));
        List<String> echoes = listener.messages().stream()
                .map(m -> ServerFrames.event(m.type().name(), m.payload()))
                .toList();
        assertEquals(echoes, written.stream().filter(event -> !isControl(event)).toList());
        assertEquals(1, listener.closes());
        assertEquals(1, peer.ends());
        assertEquals(0, peer.lentAtTheEnd());
        assertEquals(0, Shared.of(options).pools().deflate().lent());
        assertEquals(0, Shared.of(options).pools().deflate().resting());
    }

    private static boolean isControl(String event) {
        return event.startsWith("PONG") || event.startsWith("CLOSE");
    }

    private static void damage(byte[] stream, List<int[]> damages) {
        for (int[] damage : damages) {
            stream[Math.floorMod(damage[0], Math.min(stream.length, 200))] = (byte) damage[1];
        }
    }

    private void check(
            byte[] stream, List<Integer> segments, Optional<DeflateParameters> deflate, List<Integer> portions)
            throws IOException {
        MemoryTransport transport = new MemoryTransport(stream, segments);
        BlockingConnection connection = transport.connection(options, deflate);
        StringBuilder read = new StringBuilder();
        for (Message m; (m = connection.readMessage()) != null; ) {
            read.append(described(m));
            connection.writeMessage(m.type(), m.payload());
        }
        connection.close();

        EchoingListener listener = new EchoingListener();
        int room = portions.isEmpty() ? Integer.MAX_VALUE : 0;
        try (ListeningPeer peer = ListeningPeer.connectLazy(listener, options, deflate, room)) {
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            int turn = 0;
            for (byte[] piece : cutIn(segments).cut(stream)) {
                peer.send(piece);
                if (!portions.isEmpty()) {
                    peer.readMore(portions.get(turn++ % portions.size()));
                }
                received.writeBytes(peer.received());
            }
            while (!portions.isEmpty() && received.size() < transport.written().length) {
                peer.readMore(portions.get(turn++ % portions.size()));
                byte[] more = peer.received();
                assertTrue(more.length > 0, () -> received.size() + " bytes have come, and then none");
                received.writeBytes(more);
            }
            peer.end();
            peer.settleToTheEnd();
            assertEquals(
                    read.toString(),
                    listener.messages().stream().map(m -> described(m)).collect(Collectors.joining()));
            assertEquals(hex(transport.written()), hex(received.toByteArray()));
            assertEquals("null", listener.end());
            assertEquals(1, listener.closes());
            assertEquals(1, peer.ends());
            assertEquals(0, peer.lentAtTheEnd());
            assertEquals(List.of(), peer.errors());
        }
        assertEquals(0, Shared.of(options).pools().deflate().lent());
        assertEquals(0, Shared.of(options).pools().deflate().resting());
    }

    private static List<ClientMessage> compressed(
            List<ClientMessage> messages, DeflateParameters parameters, List<Style> styles) {
        try (ClientDeflater deflater = new ClientDeflater(parameters)) {
            int[] at = {0};
            return messages.stream()
                    .map(message -> {
                        Style style = styles.get(at[0]++ % styles.size());
                        return style == null
                                ? message
                                : message.compressed(payload -> deflater.deflate(payload, style));
                    })
                    .toList();
        }
    }

    private static ListenerConversation.Cut cutIn(List<Integer> segments) {
        return ListenerConversation.Cut.inRounds(segments);
    }

    private static String described(Message message) {
        return message.type() + " " + hex(message.payload()) + "\n";
    }

    private static String hex(byte[] bytes) {
        return bytes.length < 1000
                ? HexFormat.of().formatHex(bytes)
                : bytes.length + " bytes " + HexFormat.of().formatHex(bytes, 0, 100) + ", hash "
                        + Arrays.hashCode(bytes);
    }

    @Provide
    Arbitrary<ClientMessage> messages() {
        return ClientMessages.any();
    }

    @Provide
    Arbitrary<DeflateParameters> parameters() {
        return Agreements.parameters();
    }

    /** A place and a value. */
    @Provide
    Arbitrary<int[]> damages() {
        return Arbitraries.integers().array(int[].class).ofSize(2);
    }
}
