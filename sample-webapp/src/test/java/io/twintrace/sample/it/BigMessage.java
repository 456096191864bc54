package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.testkit.RawClient;
import io.twintrace.websocket.testkit.RawClient.FrameHead;
import java.io.IOException;

/** Messages too big to be held twice: made and checked piece by piece. */
final class BigMessage {
    private static final int PIECE = 1 << 16;

    private BigMessage() {}

    /** Sends one binary message; {@code size} is a multiple of 64 KiB. */
    static void send(RawClient client, long size) throws IOException {
        client.send(RawClient.frameHead(RawClient.BINARY, size));
        for (long at = 0; at < size; at += PIECE) {
            byte[] piece = pieceAt(at);
            RawClient.mask(piece);
            client.send(piece);
        }
    }

    /** Reads one binary message in one frame, which must be the one that {@link #send} sends. */
    static void expect(RawClient client, long size) throws IOException {
        assertEquals(new FrameHead(true, false, RawClient.BINARY, size), client.readFrameHead());
        byte[] piece = new byte[PIECE];
        for (long at = 0; at < size; at += PIECE) {
            client.readFully(piece);
            assertArrayEquals(pieceAt(at), piece);
        }
    }

    /** No two pieces are alike. */
    private static byte[] pieceAt(long at) {
        byte[] piece = new byte[PIECE];
        for (int i = 0; i < PIECE; i++) {
            piece[i] = (byte) (i * 31L + (at >>> 16) + (i >>> 8));
        }
        return piece;
    }
}
