package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.testkit.RawClient;
import io.twintrace.websocket.testkit.RawClient.FrameHead;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Messages too big to be held twice: made and checked piece by piece. */
enum BigMessage {
    BINARY(RawClient.BINARY) {
        @Override
        byte byteAt(long at, long size) {
            return (byte) (at % PIECE * 31L + at / PIECE + at % PIECE / 256);
        }
    },

    /** Characters of one to four bytes, so that pieces end inside them; {@code x} where no whole character fits. */
    TEXT(RawClient.TEXT) {
        @Override
        byte byteAt(long at, long size) {
            int inMixture = (int) (at % MIXTURE.length);
            if (inMixture == 0) {
                return (byte) ('a' + at / PIECE % 26);
            }
            return at < size - size % MIXTURE.length ? MIXTURE[inMixture] : (byte) 'x';
        }
    };

    private static final int PIECE = 1 << 16;
    private static final byte[] MIXTURE = "aü€\uD83D\uDC6F".getBytes(StandardCharsets.UTF_8);

    private final int opcode;

    BigMessage(int opcode) {
        this.opcode = opcode;
    }

    abstract byte byteAt(long at, long size);

    /** Sends one message; {@code size} is a multiple of 64 KiB. */
    void send(RawClient client, long size) throws IOException {
        client.send(RawClient.frameHead(opcode, size));
        for (long at = 0; at < size; at += PIECE) {
            byte[] piece = pieceAt(at, size);
            RawClient.mask(piece);
            client.send(piece);
        }
    }

    /** Reads one message in one frame, which must be the one that {@link #send} sends. */
    void expect(RawClient client, long size) throws IOException {
        assertEquals(new FrameHead(true, false, opcode, size), client.readFrameHead());
        byte[] piece = new byte[PIECE];
        for (long at = 0; at < size; at += PIECE) {
            client.readFully(piece);
            assertArrayEquals(pieceAt(at, size), piece);
        }
    }

    /** The next one is another one. */
    private byte[] pieceAt(long at, long size) {
        byte[] piece = new byte[PIECE];
        for (int i = 0; i < PIECE; i++) {
            piece[i] = byteAt(at + i, size);
        }
        return piece;
    }
}
