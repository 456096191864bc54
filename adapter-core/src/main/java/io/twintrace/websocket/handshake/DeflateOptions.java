package io.twintrace.websocket.handshake;

import io.twintrace.websocket.internal.check.Require;

/**
 * Options of a server for permessage-deflate (RFC 7692). Immutable.
 *
 * <pre>{@code
 * WebSocketOptions.builder().deflate(DeflateOptions.on().withLevel(6).withThreshold(1024)).build();
 * }</pre>
 *
 * @param enabled whether the server accepts clients' offers
 * @param contextTakeover whether messages may refer to earlier ones. This makes small messages much smaller, and costs
 *     2 to 16 KiB for each connection that has sent one, and up to {@code clientWindow} for each that has received one.
 *     A client can always refuse it.
 * @param clientWindow how many bytes back a client's messages may refer, if the client lets the server choose: a power
 *     of two from 256 to 32768. Less saves memory.
 * @param level the compression level: 1 to 9, -1 for zlib's default, -2 for Huffman coding only; 0 sends messages
 *     uncompressed
 * @param threshold size in bytes; smaller messages are sent uncompressed. A {@code MessageWriter} compresses if it is
 *     flushed, or fills the write buffer, before the message ends.
 */
public record DeflateOptions(boolean enabled, boolean contextTakeover, int clientWindow, int level, int threshold) {
    /** The level that uses Huffman coding only, without a search for repetitions. */
    public static final int HUFFMAN_ONLY = -2;

    private static final int MIN_WINDOW = 1 << 8;
    private static final int MAX_WINDOW = 1 << 15;
    private static final int DEFAULT_LEVEL = 1;
    private static final int DEFAULT_THRESHOLD = 256;

    /**
     * Checks the values.
     *
     * @param enabled whether the server accepts clients' offers
     * @param contextTakeover whether messages may refer to earlier ones
     * @param clientWindow in bytes; a power of two from 256 to 32768
     * @param level -2 to 9
     * @param threshold in bytes; at least 0
     */
    public DeflateOptions {
        level = checkLevel(level);
        if (clientWindow < MIN_WINDOW || clientWindow > MAX_WINDOW || Integer.bitCount(clientWindow) != 1) {
            throw new IllegalArgumentException(
                    "clientWindow is " + clientWindow + ", but must be a power of two from 256 to 32768");
        }
        threshold = Require.atLeast(0, threshold, "compression threshold");
    }

    /** {@return no compression, whatever clients offer: the default} */
    public static DeflateOptions off() {
        return new DeflateOptions(false, true, MAX_WINDOW, DEFAULT_LEVEL, DEFAULT_THRESHOLD);
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
        return new DeflateOptions(value, contextTakeover, clientWindow, level, threshold);
    }

    /**
     * Turns context takeover on or off, in both directions.
     *
     * @param value whether messages may refer to earlier ones
     * @return changed options
     */
    public DeflateOptions withContextTakeover(boolean value) {
        return new DeflateOptions(enabled, value, clientWindow, level, threshold);
    }

    /**
     * Sets how many bytes back a client's messages may refer, if the client lets the server choose, as some browsers do.
     * The server keeps as many for each connection with context takeover. Clients built on Netty before 4.1.120 and
     * 4.2.1 let it choose, but fail if it chooses less than 32768.
     *
     * @param bytes a power of two from 256 to 32768; 32768 by default
     * @return changed options
     */
    public DeflateOptions withClientWindow(int bytes) {
        return new DeflateOptions(enabled, contextTakeover, bytes, level, threshold);
    }

    /**
     * Sets the compression level.
     *
     * @param value -2 to 9; 1 by default
     * @return changed options
     */
    public DeflateOptions withLevel(int value) {
        return new DeflateOptions(enabled, contextTakeover, clientWindow, value, threshold);
    }

    /**
     * Sets the size below which messages are sent uncompressed.
     *
     * @param value in bytes; 256 by default
     * @return changed options
     */
    public DeflateOptions withThreshold(int value) {
        return new DeflateOptions(enabled, contextTakeover, clientWindow, level, value);
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
