package io.twintrace.websocket.internal.deflate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.handshake.DeflateParameters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * Any compressed messages of a client inflate to the data that RFC 1951 and RFC 7692 define, or are refused.
 *
 * <p>The input's first byte chooses the parameters and how much is read at once. Then come messages, each behind its
 * length in two bytes; the last one may be shorter.
 */
class InflationFuzz {
    /** A reader stops here at the latest, as a connection does at its read limit. */
    private static final int LIMIT = 100_000;

    private static final DeflatePool POOL = new DeflatePool(2);

    static {
        POOL.join();
    }

    @FuzzTest
    void compressedMessages(byte[] input) throws IOException {
        if (input.length == 0) {
            return;
        }
        int choice = input[0];
        DeflateParameters parameters =
                new DeflateParameters(false, (choice & 8) != 0, OptionalInt.empty(), OptionalInt.of(8 + (choice & 7)));
        int pieceSize = 1 << ((choice >> 4) & 15);
        ReferenceInflater reference = ReferenceInflater.ofClient(parameters);
        Deflating.Pieces pieces = new Deflating.Pieces();
        MessageInflater inflater = new MessageInflater(POOL, parameters, pieces, () -> true);
        ByteBuffer rest = ByteBuffer.wrap(input, 1, input.length - 1);
        boolean more = true;
        try {
            while (more && rest.remaining() >= 2) {
                byte[] message = new byte[Math.min(rest.getShort() & 0xFFFF, rest.remaining())];
                rest.get(message);
                pieces.next(message, pieceSize);
                more = isRead(inflater, pieceSize, reference, message);
                assertEquals(more, inflater.isDone());
            }
        } finally {
            inflater.release();
        }
        assertEquals(0, POOL.lent());
    }

    /** Reads one message; false when nothing can be read after it. */
    private static boolean isRead(MessageInflater inflater, int pieceSize, ReferenceInflater reference, byte[] message)
            throws IOException {
        boolean valid = reference.inflate(message, true, LIMIT + pieceSize);
        ByteArrayOutputStream inflated = new ByteArrayOutputStream();
        ByteBuffer piece = ByteBuffer.allocate(pieceSize);
        inflater.begin();
        try {
            for (int n; (n = inflater.read(piece.clear())) >= 0; ) {
                assertTrue(n > 0);
                assertEquals(n, piece.position());
                inflated.write(piece.array(), 0, n);
                if (inflated.size() > LIMIT) {
                    assertBeginning(inflated.toByteArray(), reference.output());
                    return false;
                }
            }
        } catch (ProtocolException e) {
            assertEquals(1007, e.closeCode());
            assertFalse(valid, () -> "refused: " + e.getMessage());
            assertBeginning(inflated.toByteArray(), reference.output());
            return false;
        }
        assertTrue(valid, "accepted, but is not valid");
        assertArrayEquals(reference.output(), inflated.toByteArray());
        return true;
    }

    private static void assertBeginning(byte[] beginning, byte[] whole) {
        assertArrayEquals(Arrays.copyOf(whole, beginning.length), beginning);
    }
}
