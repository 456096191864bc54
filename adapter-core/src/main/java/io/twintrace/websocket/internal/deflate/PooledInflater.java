package io.twintrace.websocket.internal.deflate;

import java.util.zip.Inflater;

/** An inflater with its input buffer and a window. */
final class PooledInflater implements Shelf.Native {
    private static final int INPUT_SIZE = 8 * 1024;
    private static final int LARGEST_WINDOW = 32 * 1024;

    final Inflater zlib = new Inflater(true);
    final SlidingWindow.Dictionary dictionary = zlib::setDictionary;
    final byte[] input = new byte[INPUT_SIZE];

    /** For connections that keep no history from one message to the next. */
    final SlidingWindow window = new SlidingWindow(LARGEST_WINDOW);

    @Override
    public void reset() {
        zlib.reset();
        window.clear();
    }

    @Override
    public void end() {
        zlib.end();
    }
}
