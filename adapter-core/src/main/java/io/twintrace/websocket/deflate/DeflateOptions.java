package io.twintrace.websocket.deflate;

/**
 * What a server decides about permessage-deflate (RFC 7692). Immutable.
 *
 * <pre>{@code
 * WebSocketOptions.builder().deflate(DeflateOptions.on().withLevel(6).withThreshold(1024)).build();
 * }</pre>
 *
 * @param enabled whether offers of clients are accepted
 * @param contextTakeover whether messages may refer to earlier ones, which makes small messages much smaller, and costs
 *     up to 300 KiB for each connection that uses it; a client can refuse it in any case
 * @param level how hard messages are compressed: 1 to 9, -1 for zlib's default, -2 for Huffman coding only; 0 sends them
 *     uncompressed
 * @param threshold messages of fewer bytes are sent uncompressed
 */
public record DeflateOptions(boolean enabled, boolean contextTakeover, int level, int threshold) {
    /** The level that looks for no repetitions. */
    public static final int HUFFMAN_ONLY = -2;

    private static final int DEFAULT_LEVEL = 1;
    private static final int DEFAULT_THRESHOLD = 256;

    /** Checks the values. */
    public DeflateOptions {
        level = checkLevel(level);
        if (threshold < 0) {
            throw new IllegalArgumentException("compression threshold is " + threshold + ", but must not be negative");
        }
    }

    /** No compression, whatever clients offer: the default. */
    public static DeflateOptions off() {
        return new DeflateOptions(false, true, DEFAULT_LEVEL, DEFAULT_THRESHOLD);
    }

    /** Compression where the client offers it: level 1, with context takeover, messages from 256 bytes on. */
    public static DeflateOptions on() {
        return off().withEnabled(true);
    }

    /** The same, but turned on or off. */
    public DeflateOptions withEnabled(boolean value) {
        return new DeflateOptions(value, contextTakeover, level, threshold);
    }

    /** The same, but with or without context takeover, in both directions. */
    public DeflateOptions withContextTakeover(boolean value) {
        return new DeflateOptions(enabled, value, level, threshold);
    }

    /** The same, but with another level. */
    public DeflateOptions withLevel(int value) {
        return new DeflateOptions(enabled, contextTakeover, value, threshold);
    }

    /** The same, but with another threshold, in bytes. */
    public DeflateOptions withThreshold(int value) {
        return new DeflateOptions(enabled, contextTakeover, level, value);
    }

    /**
     * Throws when there is no such level.
     *
     * @return the level
     * @throws IllegalArgumentException for a level that is not -2 to 9
     */
    public static int checkLevel(int level) {
        if (level < HUFFMAN_ONLY || level > 9) {
            throw new IllegalArgumentException("compression level is " + level + ", but must be -2 to 9");
        }
        return level;
    }
}
