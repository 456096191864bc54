package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.ControlType;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.MemoryTransport;
import io.twintrace.websocket.fixture.ServerFrames;
import io.twintrace.websocket.internal.frame.Texts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.BeforeTry;

/** However a message is written, a decoder independent of the engine finds it in the output. */
class MessageWriterProperties {
    private final WebSocketOptions options =
            WebSocketOptions.builder().writeBufferSize(256).build();
    private MemoryTransport transport;
    private WebSocketConnection connection;

    @BeforeTry
    void connect() {
        transport = new MemoryTransport(new byte[0], () -> 0);
        connection = transport.connection(options);
    }

    /** One stretch of a text, and how it is written. */
    record Stretch(Way way, String text, List<Integer> cuts, boolean flush) {}

    enum Way {
        CHARACTERS,
        BYTES,
        STREAM,
        /** Writes no text, but sends a Ping. */
        PING
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void aTextWrittenInAnyPiecesArrivesAsItIs(
            @ForAll @Size(max = 4) List<@Size(max = 5) List<@From("stretches") Stretch>> messages,
            @ForAll boolean closeEach)
            throws IOException {
        List<String> expected = new ArrayList<>();
        for (List<Stretch> stretches : messages) {
            MessageWriter writer = connection.nextWriter(MessageType.TEXT); // ends the one before, if it is open
            StringBuilder text = new StringBuilder();
            List<String> pings = new ArrayList<>();
            for (Stretch stretch : stretches) {
                if (stretch.way() == Way.PING) {
                    connection.writeControl(ControlType.PING, new byte[] {7}, null);
                    pings.add("PING 07");
                } else {
                    write(writer, stretch);
                    text.append(stretch.text());
                }
            }
            if (closeEach) {
                writer.close();
            }
            expected.addAll(pings);
            expected.add(ServerFrames.event("TEXT", Texts.utf8(text.toString())));
        }
        connection.close();
        expected.add("CLOSE 03e8");
        if (!closeEach && !messages.isEmpty()) {
            expected.remove(expected.size() - 2); // was not complete when the connection closed
        }
        assertEquals(expected, ServerFrames.events(transport.written()));
        assertEquals(0, Shared.of(options).pools().write().lent());
    }

    private static void write(MessageWriter writer, Stretch stretch) throws IOException {
        String text = stretch.text();
        byte[] bytes = Texts.utf8(text);
        int length = stretch.way() == Way.CHARACTERS ? text.length() : bytes.length;
        int start = 0;
        for (int end : ends(stretch.cuts(), length)) {
            switch (stretch.way()) {
                case CHARACTERS -> writer.write(text.substring(start, end)); // also between two surrogates
                case BYTES -> writer.write(bytes, start, end - start); // also inside a character
                default -> writer.transferFrom(new ByteArrayInputStream(bytes, start, end - start));
            }
            if (stretch.flush()) {
                writer.flush();
            }
            start = end;
        }
    }

    private static List<Integer> ends(List<Integer> cuts, int length) {
        List<Integer> ends = new ArrayList<>(
                cuts.stream().map(cut -> cut % (length + 1)).sorted().toList());
        ends.add(length);
        return ends;
    }

    @Property(tries = 100)
    void everyWayToSendAWholeMessageSendsTheSame(@ForAll("texts") String text, @ForAll("payloads") byte[] payload)
            throws IOException {
        connection.writeMessage(text);
        connection.writeMessage(MessageType.TEXT, Texts.utf8(text));
        connection.writePrepared(PreparedMessage.text(text));
        connection.writeMessage(MessageType.BINARY, payload);
        connection.writeMessage(MessageType.BINARY, direct(payload));
        connection.writePrepared(PreparedMessage.of(MessageType.BINARY, payload));
        try (MessageWriter writer = connection.nextWriter(MessageType.BINARY)) {
            writer.write(payload);
        }
        String asText = ServerFrames.event("TEXT", Texts.utf8(text));
        String asBinary = ServerFrames.event("BINARY", payload);
        assertEquals(
                List.of(asText, asText, asText, asBinary, asBinary, asBinary, asBinary),
                ServerFrames.events(transport.written()));
    }

    private static ByteBuffer direct(byte[] payload) {
        return ByteBuffer.allocateDirect(payload.length).put(payload).flip();
    }

    @Provide
    Arbitrary<Stretch> stretches() {
        return Combinators.combine(
                        Arbitraries.of(Way.class),
                        texts(),
                        Arbitraries.integers().between(0, 1000).list().ofMaxSize(5),
                        Arbitraries.of(true, false))
                .as(Stretch::new);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Texts.texts(50),
                Arbitraries.of(127, 128, 256, 257, 600).map("é"::repeat),
                Arbitraries.of(63, 64, 65, 300).map("😀"::repeat));
    }

    @Provide
    Arbitrary<byte[]> payloads() {
        return Arbitraries.of(0, 1, 125, 126, 127, 245, 246, 247, 256, 600, 65_535, 65_536)
                .map(Frames::pattern);
    }
}
