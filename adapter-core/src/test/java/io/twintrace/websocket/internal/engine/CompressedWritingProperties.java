package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.MemoryTransport;
import io.twintrace.websocket.fixture.ServerFrames;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.deflate.Agreements;
import io.twintrace.websocket.internal.deflate.ReferenceInflater;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** An inflater without zlib finds the messages in the output, however they were written and compressed. */
class CompressedWritingProperties {
    private enum Way {
        AT_ONCE,
        PREPARED,
        IN_PIECES
    }

    /** One message, how it is written, and the settings made before. */
    private static final class Plan {
        private final Way way;
        private final MessageType type;
        private final byte[] payload;
        private final int pieceSize;
        private final boolean flushing;
        private final int level;
        private final boolean enabled;

        Plan(Way way, MessageType type, byte[] payload, int pieceSize, boolean flushing, int level, boolean enabled) {
            this.way = way;
            this.type = type;
            this.payload = payload;
            this.pieceSize = pieceSize;
            this.flushing = flushing;
            this.level = level;
            this.enabled = enabled;
        }

        void write(WebSocketConnection connection) throws IOException {
            connection.setCompressionLevel(level);
            connection.enableWriteCompression(enabled);
            switch (way) {
                case AT_ONCE -> connection.writeMessage(type, payload);
                case PREPARED -> connection.writePrepared(PreparedMessage.of(type, payload));
                case IN_PIECES -> writeInPieces(connection);
            }
        }

        private void writeInPieces(WebSocketConnection connection) throws IOException {
            try (MessageWriter writer = connection.nextWriter(type)) {
                for (int at = 0; at < payload.length; at += pieceSize) {
                    writer.write(payload, at, Math.min(pieceSize, payload.length - at));
                    if (flushing) {
                        writer.flush();
                    }
                }
            }
        }

        @Override
        public String toString() {
            return type + " of " + payload.length + " bytes " + way + ", pieces of " + pieceSize
                    + (flushing ? " flushed" : "") + ", level " + level + (enabled ? "" : ", disabled");
        }
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void whateverIsWrittenArrivesAndRefersBackNoFurtherThanAgreed(
            @ForAll @Size(max = 8) List<@From("plans") Plan> plans,
            @ForAll("parameters") DeflateParameters parameters,
            @ForAll @IntRange(max = 300) int threshold,
            @ForAll @IntRange(min = 256, max = 2000) int bufferSize)
            throws IOException {
        WebSocketOptions options = WebSocketOptions.builder()
                .writeBufferSize(bufferSize)
                .deflate(DeflateOptions.on().withThreshold(threshold))
                .build();
        MemoryTransport transport = new MemoryTransport(new byte[0], () -> 0);
        WebSocketConnection connection = transport.connection(options, Optional.of(parameters));
        List<String> expected = new ArrayList<>();
        for (Plan plan : plans) {
            plan.write(connection);
            expected.add(ServerFrames.event(plan.type.name(), plan.payload));
        }
        connection.close();
        expected.add("CLOSE 03e8");

        ReferenceInflater inflater = ReferenceInflater.ofServer(parameters);
        assertEquals(expected, ServerFrames.events(transport.written(), inflater));
        assertTrue(inflater.farthest() <= parameters.serverWindow());
        assertEquals(0, Shared.of(options).pools().write().lent());
        assertEquals(0, Shared.of(options).pools().deflate().lent());
        assertEquals(0, Shared.of(options).pools().deflate().resting());
    }

    @Provide
    Arbitrary<Plan> plans() {
        return Arbitraries.of(MessageType.class)
                .flatMap(type -> Combinators.combine(
                                Arbitraries.of(Way.class),
                                Agreements.messages(type == MessageType.TEXT),
                                Arbitraries.integers().between(1, 3000),
                                Arbitraries.of(true, false),
                                Arbitraries.oneOf(Agreements.levels(), Arbitraries.just(0)),
                                Arbitraries.of(true, true, true, false))
                        .as((way, payload, pieceSize, flushing, level, enabled) ->
                                new Plan(way, type, payload, pieceSize, flushing, level, enabled)));
    }

    @Provide
    Arbitrary<DeflateParameters> parameters() {
        return Agreements.parameters();
    }
}
