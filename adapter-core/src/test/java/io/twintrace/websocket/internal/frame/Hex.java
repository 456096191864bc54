package io.twintrace.websocket.internal.frame;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Bytes written as they appear on the wire: {@code "81 05 48 65"}. */
final class Hex {
    private Hex() {}

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    static ByteBuffer buffer(String hex) {
        return ByteBuffer.wrap(bytes(hex));
    }

    static String of(byte[] bytes) {
        return HexFormat.ofDelimiter(" ").withUpperCase().formatHex(bytes);
    }

    /** The bytes put into the buffer so far. */
    static String written(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.position()];
        buffer.get(0, bytes);
        return of(bytes);
    }
}
