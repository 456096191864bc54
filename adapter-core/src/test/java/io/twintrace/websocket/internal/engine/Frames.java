package io.twintrace.websocket.internal.engine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Frames as a client sends them, masked, and a few shapes of payload. */
final class Frames {
    static final int FIN = 0x80;
    static final int RSV1 = 0x40;
    static final int CONTINUATION = 0x0;
    static final int TEXT = 0x1;
    static final int BINARY = 0x2;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;
    static final int PONG = 0xA;

    private static final byte[] MASK = hex("37 fa 21 3d");

    private Frames() {}

    static byte[] hex(String spaced) {
        return HexFormat.of().parseHex(spaced.replace(" ", ""));
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A whole masked frame; {@code first} is its first byte. */
    static byte[] masked(int first, byte[] payload) {
        return masked(first, MASK, payload);
    }

    /** A whole masked frame with a key of its own. */
    static byte[] masked(int first, byte[] key, byte[] payload) {
        byte[] body = payload.clone();
        for (int i = 0; i < body.length; i++) {
            body[i] ^= key[i & 3];
        }
        return concat(header(first, 0x80, payload.length), key, body);
    }

    /** The header alone of a masked frame that declares {@code length}, its mask of zeros included. */
    static byte[] maskedHeader(int first, long length) {
        return concat(header(first, 0x80, length), new byte[4]);
    }

    /** A whole frame as the server sends it. */
    static byte[] plain(int first, byte[] payload) {
        return concat(header(first, 0, payload.length), payload);
    }

    static byte[] text(String text) {
        return masked(FIN | TEXT, utf8(text));
    }

    static byte[] binary(byte[] payload) {
        return masked(FIN | BINARY, payload);
    }

    static byte[] ping(String payload) {
        return masked(FIN | PING, utf8(payload));
    }

    static byte[] close(int code) {
        return masked(FIN | CLOSE, closePayload(code, ""));
    }

    static byte[] closePayload(int code, String reason) {
        return concat(new byte[] {(byte) (code >> 8), (byte) code}, utf8(reason));
    }

    /** Whether a server that sends this code has failed the connection, unless it only answers the peer's Close. */
    static boolean isFailure(int code) {
        return code == 1002 || code == 1007 || code == 1008 || code == 1009 || code == 1011;
    }

    static byte[] concat(byte[]... pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            all.writeBytes(piece);
        }
        return all.toByteArray();
    }

    static byte[] repeat(byte[] piece, int times) {
        byte[] all = new byte[piece.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(piece, 0, all, i * piece.length, piece.length);
        }
        return all;
    }

    /** Bytes that differ from place to place. */
    static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 8));
        }
        return bytes;
    }

    private static byte[] header(int first, int maskBit, long length) {
        if (length <= 125) {
            return new byte[] {(byte) first, (byte) (maskBit | (int) length)};
        }
        int lengthBytes = length <= 0xFFFF ? 2 : 8;
        byte[] header = new byte[2 + lengthBytes];
        header[0] = (byte) first;
        header[1] = (byte) (maskBit | (lengthBytes == 2 ? 126 : 127));
        for (int i = 0; i < lengthBytes; i++) {
            header[2 + i] = (byte) (length >>> (8 * (lengthBytes - 1 - i)));
        }
        return header;
    }
}
