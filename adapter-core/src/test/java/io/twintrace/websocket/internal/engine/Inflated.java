package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The messages that a client gets from a server with context takeover. */
final class Inflated {
    private static final byte[] TAIL = {0, 0, (byte) 0xFF, (byte) 0xFF};

    private final Inflater inflater = new Inflater(true);
    private final DataInputStream in;
    private int frames;
    private int largestFrame;
    private long bytes;

    Inflated(TestPeer peer) throws IOException {
        this.in = new DataInputStream(peer.socket().getInputStream());
    }

    /** Reads one message, compressed or not. */
    byte[] next() throws IOException, DataFormatException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        boolean compressed = false;
        for (boolean first = true, fin = false; !fin; first = false) {
            int head = in.readUnsignedByte();
            fin = (head & Frames.FIN) != 0;
            assertEquals(first, (head & 0x0F) != Frames.CONTINUATION, "opcode");
            if (first) {
                compressed = (head & Frames.RSV1) != 0;
            } else {
                assertEquals(0, head & Frames.RSV1, "RSV1 on a continuation");
            }
            byte[] payload = new byte[readLength()];
            in.readFully(payload);
            frames++;
            largestFrame = Math.max(largestFrame, payload.length);
            bytes += payload.length;
            message.writeBytes(compressed ? inflate(payload) : payload);
        }
        if (compressed) {
            message.writeBytes(inflate(TAIL));
        }
        return message.toByteArray();
    }

    private int readLength() throws IOException {
        int length = in.readUnsignedByte();
        return length == 126 ? in.readUnsignedShort() : length == 127 ? Math.toIntExact(in.readLong()) : length;
    }

    private byte[] inflate(byte[] compressed) throws DataFormatException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] piece = new byte[8192];
        inflater.setInput(compressed);
        for (int n; (n = inflater.inflate(piece)) > 0; ) {
            all.write(piece, 0, n);
        }
        return all.toByteArray();
    }

    int frames() {
        return frames;
    }

    int largestFrame() {
        return largestFrame;
    }

    long bytes() {
        return bytes;
    }
}
