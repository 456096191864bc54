package io.twintrace.websocket.internal.deflate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.handshake.DeflateParameters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class MessageDeflaterProperties {
    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void deflatedMessagesInflateAgainAndStayInsideTheWindow(
            @ForAll("parameters") DeflateParameters parameters,
            @ForAll @Size(min = 1, max = 6) List<@From("messages") byte[]> messages,
            @ForAll @Size(min = 1, max = 6) List<@From("levels") Integer> levels,
            @ForAll @IntRange(min = 32, max = 2000) int room)
            throws IOException {
        MessageDeflater deflater = new MessageDeflater(Deflating.POOL, parameters);
        ReferenceInflater inflater = ReferenceInflater.ofServer(parameters);
        for (int i = 0; i < messages.size(); i++) {
            byte[] compressed = Deflating.deflate(deflater, levels.get(i % levels.size()), messages.get(i), room);
            assertArrayEquals(messages.get(i), inflater.message(compressed));
        }
        deflater.release();
        assertTrue(inflater.farthest() <= parameters.serverWindow());
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void aMessageThatIsDeflatedAloneRefersBackNoFurtherThanAgreed(
            @ForAll("messages") byte[] message,
            @ForAll("levels") int level,
            @ForAll @IntRange(min = 8, max = 15) int bits) {
        ByteBuffer alone = MessageDeflater.deflateAlone(Deflating.POOL, level, 1 << bits, ByteBuffer.wrap(message), 0);
        byte[] compressed = new byte[alone.remaining()];
        alone.get(compressed);
        ReferenceInflater inflater = new ReferenceInflater(1 << bits, false);
        assertArrayEquals(message, inflater.message(compressed));
        assertTrue(inflater.farthest() <= 1 << bits);
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void whatAnyClientDeflatesIsInflated(
            @ForAll("parameters") DeflateParameters parameters,
            @ForAll @Size(max = 6) List<@From("messages") byte[]> messages,
            @ForAll @Size(min = 1, max = 6) List<ClientDeflater.Style> styles,
            @ForAll @IntRange(min = 1, max = 10_000) int arriving,
            @ForAll @IntRange(min = 1, max = 10_000) int reading)
            throws IOException {
        Deflating.Pieces pieces = new Deflating.Pieces();
        DeflatePool pool = new DeflatePool(1);
        MessageInflater inflater = new MessageInflater(pool, parameters, pieces, () -> true);
        try (ClientDeflater client = new ClientDeflater(parameters)) {
            for (int i = 0; i < messages.size(); i++) {
                byte[] message = messages.get(i);
                pieces.next(client.deflate(message, styles.get(i % styles.size())), arriving);
                assertArrayEquals(message, Deflating.inflate(inflater, reading));
            }
        }
        inflater.release();
        assertEquals(0, pool.lent());
    }

    @Provide
    Arbitrary<DeflateParameters> parameters() {
        return Agreements.parameters();
    }

    @Provide
    Arbitrary<byte[]> messages() {
        return Agreements.messages(false);
    }

    @Provide
    Arbitrary<Integer> levels() {
        return Arbitraries.oneOf(Agreements.levels(), Arbitraries.just(1));
    }
}
