package io.twintrace.websocket.internal.deflate;

import io.twintrace.websocket.handshake.DeflateOptions;
import java.nio.ByteBuffer;
import java.util.zip.Deflater;

/** A deflater that knows its level. It is in its initial state when it comes from the pool. */
final class PooledDeflater implements Shelf.Native {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    final Deflater zlib = new Deflater(Deflater.DEFAULT_COMPRESSION, true);

    private final SlidingWindow.Dictionary dictionary = zlib::setDictionary;
    private int level = Deflater.DEFAULT_COMPRESSION;

    /**
     * Begins a message that may refer to earlier ones.
     *
     * @param most how many bytes of the history at most; with Huffman coding only, none
     * @return how many bytes back the message may refer at its beginning
     */
    int begin(int wanted, SlidingWindow history, int most) {
        level(wanted);
        return wanted == DeflateOptions.HUFFMAN_ONLY ? 0 : history.give(most, dictionary);
    }

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
