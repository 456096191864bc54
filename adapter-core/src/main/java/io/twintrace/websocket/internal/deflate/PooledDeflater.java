package io.twintrace.websocket.internal.deflate;

import io.twintrace.websocket.handshake.DeflateOptions;
import java.nio.ByteBuffer;
import java.util.zip.Deflater;

/** A deflater that knows its level. */
final class PooledDeflater implements Shelf.Native {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    final Deflater zlib = new Deflater(Deflater.DEFAULT_COMPRESSION, true);

    private int level = Deflater.DEFAULT_COMPRESSION;

    /** Changes the level. Call this only between two messages. */
    void level(int wanted) {
        if (wanted == level) {
            return;
        }
        boolean huffmanOnly = wanted == DeflateOptions.HUFFMAN_ONLY;
        zlib.setStrategy(huffmanOnly ? Deflater.HUFFMAN_ONLY : Deflater.DEFAULT_STRATEGY);
        zlib.setLevel(huffmanOnly ? Deflater.BEST_SPEED : wanted);
        // zlib applies a new level at its next call, and would compress the input of that call at the old one.
        zlib.setInput(NOTHING);
        int written = zlib.deflate(new byte[16], 0, 16, Deflater.NO_FLUSH);
        if (written != 0) {
            throw new IllegalStateException("the level was changed inside a message");
        }
        level = wanted;
    }

    @Override
    public void reset() {
        zlib.reset();
    }

    @Override
    public void end() {
        zlib.end();
    }
}
