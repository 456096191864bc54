package io.twintrace.websocket.handshake;

/**
 * Options of a server for permessage-deflate (RFC 7692). Immutable.
 *
 * <pre>{@code
 * WebSocketOptions.builder().deflate(DeflateOptions.on().withLevel(6).withThreshold(1024)).build();
 * }</pre>
 *
 * @param enabled whether the server accepts clients' offers
 * @param contextTakeover whether messages may refer to earlier ones. This makes small messages much smaller, and costs
 *     up to 4 KiB for each connection that has sent one, and 4 to 32 KiB for each that has received one. A client can
 *     always refuse it.
 * @param level the compression level: 1 to 9, -1 for zlib's default, -2 for Huffman coding only; 0 sends messages
 *     uncompressed
 * @param threshold size in bytes; smaller messages are sent uncompressed. A {@code MessageWriter} compresses if it is
 *     flushed, or fills the write buffer, before the message ends.
 */
public record DeflateOptions(boolean enabled, boolean contextTakeover, int level, int threshold) {
    /** The level that uses Huffman coding only, without a search for repetitions. */
    public static final int HUFFMAN_ONLY = -2;

    private static final int DEFAULT_LEVEL = 1;
    private static final int DEFAULT_THRESHOLD = 256;

    /**
     * Checks the values.
     *
     * @param enabled whether the server accepts clients' offers
     * @param contextTakeover whether messages may refer to earlier ones
     * @param level -2 to 9
     * @param threshold in bytes; at least 0
     */
    public DeflateOptions {
        level = checkLevel(level);
        if (threshold < 0) {
            throw new IllegalArgumentException("compression threshold is " + threshold + ", but must not be negative");
        }
    }

    /** {@return no compression, whatever clients offer: the default} */
    public static DeflateOptions off() {
        return new DeflateOptions(false, true, DEFAULT_LEVEL, DEFAULT_THRESHOLD);
    }

    /** {@return compression if the client offers it: level 1, with context takeover, messages of at least 256 bytes} */
    public static DeflateOptions on() {
        return off().withEnabled(true);
    }

    /**
     * Turns compression on or off.
     *
     * @param value whether the server accepts clients' offers
     * @return changed options
     */
    public DeflateOptions withEnabled(boolean value) {
        return new DeflateOptions(value, contextTakeover, level, threshold);
    }

    /**
     * Turns context takeover on or off, in both directions.
     *
     * @param value whether messages may refer to earlier ones
     * @return changed options
     */
    public DeflateOptions withContextTakeover(boolean value) {
        return new DeflateOptions(enabled, value, level, threshold);
    }

    /**
     * Sets the compression level.
     *
     * @param value -2 to 9; 1 by default
     * @return changed options
     */
    public DeflateOptions withLevel(int value) {
        return new DeflateOptions(enabled, contextTakeover, value, threshold);
    }

    /**
     * Sets the size below which messages are sent uncompressed.
     *
     * @param value in bytes; 256 by default
     * @return changed options
     */
    public DeflateOptions withThreshold(int value) {
        return new DeflateOptions(enabled, contextTakeover, level, value);
    }

    /**
     * Checks a compression level.
     *
     * @param level any number
     * @return the level
     * @throws IllegalArgumentException if the level is not -2 to 9
     */
    public static int checkLevel(int level) {
        if (level < HUFFMAN_ONLY || level > 9) {
            throw new IllegalArgumentException("compression level is " + level + ", but must be -2 to 9");
        }
        return level;
    }
}
