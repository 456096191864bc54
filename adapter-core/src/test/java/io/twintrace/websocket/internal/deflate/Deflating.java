package io.twintrace.websocket.internal.deflate;

import io.twintrace.websocket.handshake.DeflateParameters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.Random;

/** Shared by the tests of this package: both directions of a connection, and messages. */
final class Deflating {
    static final DeflatePool POOL = new DeflatePool(4);

    private Deflating() {}

    /** The same for both directions; 0 window bits for the default. */
    static DeflateParameters parameters(boolean takeover, int windowBits) {
        OptionalInt window = windowBits == 0 ? OptionalInt.empty() : OptionalInt.of(windowBits);
        return new DeflateParameters(!takeover, !takeover, window, window);
    }

    /** One message through a buffer of {@code room} bytes, which is emptied whenever it is full. */
    static byte[] deflate(MessageDeflater deflater, int level, byte[] message, int room) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer out = ByteBuffer.allocate(room);
        ByteBuffer in = ByteBuffer.wrap(message);
        deflater.begin(level);
        while (!deflater.write(in, out)) {
            emptyButTail(out, all);
        }
        while (!deflater.finish(out, 0)) {
            emptyButTail(out, all);
        }
        all.write(out.array(), 0, out.position());
        return all.toByteArray();
    }

    static byte[] deflate(MessageDeflater deflater, byte[] message) throws IOException {
        return deflate(deflater, 6, message, 1 << 16);
    }

    private static void emptyButTail(ByteBuffer out, ByteArrayOutputStream into) {
        byte[] all = new byte[out.flip().remaining()];
        out.get(all).clear();
        int kept = MessageDeflater.TAIL_LENGTH;
        into.write(all, 0, all.length - kept);
        out.put(all, all.length - kept, kept);
    }

    /** Messages that come one after another, each in pieces of a given size. */
    static final class Pieces implements MessageInflater.Source {
        private byte[] message = new byte[0];
        private int at;
        private int most = Integer.MAX_VALUE;

        void next(byte[] bytes, int pieceSize) {
            message = bytes;
            at = 0;
            most = pieceSize;
        }

        @Override
        public int read(byte[] into, int offset, int room) {
            if (at == message.length) {
                return -1;
            }
            int n = Math.min(Math.min(room, most), message.length - at);
            System.arraycopy(message, at, into, offset, n);
            at += n;
            return n;
        }
    }

    /** Inflates one message, reading at most {@code most} bytes at a time. */
    static byte[] inflate(MessageInflater inflater, int most) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer piece = ByteBuffer.allocate(most);
        inflater.begin();
        while (inflater.read(piece.clear()) >= 0) {
            all.write(piece.array(), 0, piece.position());
        }
        return all.toByteArray();
    }

    /** Text in which much is repeated, near and far. */
    static byte[] repetitive(int length, long seed) {
        Random random = new Random(seed);
        byte[] bytes = new byte[length];
        for (int at = 0; at < length; ) {
            int n = Math.min(length - at, 1 + random.nextInt(300));
            if (at > 0 && random.nextInt(4) > 0) {
                int from = random.nextInt(at);
                for (int i = 0; i < n; i++) {
                    bytes[at + i] = bytes[from + i % (at - from)];
                }
            } else {
                for (int i = 0; i < n; i++) {
                    bytes[at + i] = (byte) ('a' + random.nextInt(26));
                }
            }
            at += n;
        }
        return bytes;
    }

    /** Bytes that cannot be compressed. */
    static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
