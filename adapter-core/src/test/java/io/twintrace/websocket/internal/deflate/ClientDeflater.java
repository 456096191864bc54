package io.twintrace.websocket.internal.deflate;

import io.twintrace.websocket.handshake.DeflateParameters;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.Deflater;

/** Compresses messages like a client, with nothing but the JDK's deflater, within the agreed parameters. */
public final class ClientDeflater implements AutoCloseable {
    private static final byte[] TAIL = {0, 0, (byte) 0xFF, (byte) 0xFF};

    /** The window of every deflater here. */
    private static final int WIDEST = 1 << 15;

    private final Deflater zlib = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    private final DeflateParameters parameters;

    /** How many bytes the deflater may refer back, if its window is wider than agreed. */
    private int remembered;

    /** The kinds of DEFLATE data that a message may consist of. */
    public enum Style {
        /** The usual blocks. */
        PLAIN,
        /** Codes without references. */
        HUFFMAN_ONLY,
        /** Stored blocks. */
        STORED,
        /** A flush after every few bytes. */
        FLUSHED,
        /** Like PLAIN, but with the tail. */
        WITH_TAIL,
        /** A final block, and the beginning of an empty one (RFC 7692 section 7.2.3.4). */
        FINAL,
        /** Several final blocks. */
        SEVERAL_FINAL
    }

    public ClientDeflater(DeflateParameters parameters) {
        this.parameters = parameters;
    }

    /** The payload of one message. */
    public byte[] deflate(byte[] message, Style style) {
        zlib.setLevel(style == Style.STORED ? Deflater.NO_COMPRESSION : Deflater.DEFAULT_COMPRESSION);
        zlib.setStrategy(style == Style.HUFFMAN_ONLY ? Deflater.HUFFMAN_ONLY : Deflater.DEFAULT_STRATEGY);
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        zlib.setInput(new byte[0]);
        drain(payload, Deflater.NO_FLUSH); // the call that changes the level compresses nothing
        int step = style == Style.FLUSHED ? 7 : style == Style.SEVERAL_FINAL ? 1000 : WIDEST;
        for (int at = 0, n; at < message.length; at += n) {
            n = Math.min(Math.min(step, parameters.clientWindow() - remembered), message.length - at);
            zlib.setInput(message, at, n);
            write(payload, n);
            if (style == Style.SEVERAL_FINAL) {
                finish(payload);
            }
        }
        if (style == Style.FINAL) {
            finish(payload);
        }
        if (parameters.clientNoContextTakeover()) {
            zlib.reset();
            remembered = 0;
        }
        return ended(payload.toByteArray(), style);
    }

    private static byte[] ended(byte[] payload, Style style) {
        int length = payload.length - TAIL.length;
        if (length >= 0 && Arrays.equals(payload, length, payload.length, TAIL, 0, TAIL.length)) {
            return style == Style.WITH_TAIL ? payload : Arrays.copyOf(payload, length);
        }
        return Arrays.copyOf(payload, payload.length + 1);
    }

    /** Resets the deflater before it could refer back further than agreed. */
    private void write(ByteArrayOutputStream payload, int count) {
        boolean full = parameters.clientWindow() < WIDEST && remembered + count == parameters.clientWindow();
        remembered = full || parameters.clientWindow() == WIDEST ? 0 : remembered + count;
        drain(payload, full ? Deflater.FULL_FLUSH : Deflater.SYNC_FLUSH);
    }

    private void finish(ByteArrayOutputStream payload) {
        zlib.finish();
        drain(payload, Deflater.NO_FLUSH);
        zlib.reset();
        remembered = 0;
    }

    private void drain(ByteArrayOutputStream into, int flush) {
        byte[] piece = new byte[1 << 16];
        for (int n; (n = zlib.deflate(piece, 0, piece.length, flush)) > 0; ) {
            into.write(piece, 0, n);
        }
    }

    @Override
    public void close() {
        zlib.end();
    }
}
