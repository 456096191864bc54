package io.twintrace.sample.conformance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** The client's side of permessage-deflate (RFC 7692 section 7.2), built on nothing but the JDK. */
final class DeflatePeer implements AutoCloseable {
    private static final int FIN = 0x80;
    private static final int RSV1 = 0x40;
    private static final int MASKED = 0x80;

    /** The end of each flush of a deflater, which is not sent. */
    private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

    private final Peer peer;
    private final FrameEncoder encoder;
    private final boolean clientForgets;
    private final boolean serverForgets;
    private final int serverWindow;
    private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    private final Inflater inflater = new Inflater(true);

    /** The history that the server's next message may refer to. */
    private byte[] remembered = {};

    /** The position in the corpus at which the next message begins. */
    private int position;

    DeflatePeer(Peer peer, FrameEncoder encoder, Handshake handshake) {
        this.peer = peer;
        this.encoder = encoder;
        this.clientForgets = handshake.has("client_no_context_takeover");
        this.serverForgets = handshake.has("server_no_context_takeover");
        this.serverWindow = handshake.serverWindow();
    }

    /** Sends the next message, compressed, and expects it back, compressed or not. */
    void exchange(Step.Piece sent, Step.Piece expected) throws IOException {
        byte[] payload = sent.corpus().piece(position, sent.length());
        position += sent.length();
        int opcode = sent.corpus().opcode();
        int size = sent.fragmentSize() == 0 ? Integer.MAX_VALUE : sent.fragmentSize();
        List<byte[]> frames = new ArrayList<>();
        encoder.encodeFragments(RSV1 | opcode, ByteBuffer.wrap(deflate(payload)), size, frames);
        for (byte[] frame : frames) {
            peer.write(frame, 0, frame.length);
        }
        byte[] echo = expected.compressed()
                ? inflate(read(RSV1 | opcode))
                : read(opcode).toByteArray();
        int difference = Arrays.mismatch(payload, echo);
        if (difference >= 0) {
            throw new AssertionError(Bytes.difference(payload, echo, echo.length, difference));
        }
    }

    @Override
    public void close() {
        deflater.end();
        inflater.end();
    }

    /** Reads a whole message in as many frames as the server likes, with RSV bits on none but the first. */
    private ByteArrayOutputStream read(int firstBits) throws IOException {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        int bits = firstBits;
        boolean last = false;
        while (!last) {
            int first = peer.readByte();
            if ((first & ~FIN) != bits) {
                throw new AssertionError("expected a frame that begins with " + Bytes.hex((byte) bits) + " or "
                        + Bytes.hex((byte) (FIN | bits)) + ", got " + Bytes.hex((byte) first) + peer.rest());
            }
            payload.writeBytes(peer.readBytes(length()));
            last = (first & FIN) != 0;
            bits = 0;
        }
        return payload;
    }

    private int length() throws IOException {
        int length = peer.readByte();
        if ((length & MASKED) != 0) {
            throw new AssertionError("the server masked a frame");
        }
        if (length == 126) {
            length = ByteBuffer.wrap(peer.readBytes(2)).getShort() & 0xffff;
            checkMinimal(length > 125);
        } else if (length == 127) {
            length = Math.toIntExact(ByteBuffer.wrap(peer.readBytes(8)).getLong());
            checkMinimal(length > 0xffff);
        }
        return length;
    }

    private static void checkMinimal(boolean minimal) {
        if (!minimal) {
            throw new AssertionError("a length in more bytes than it takes");
        }
    }

    private byte[] deflate(byte[] payload) {
        if (clientForgets) {
            deflater.reset();
        }
        deflater.setInput(payload);
        ByteArrayOutputStream deflated = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        int n;
        while ((n = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH)) > 0) {
            deflated.write(buffer, 0, n);
        }
        return Arrays.copyOf(deflated.toByteArray(), deflated.size() - TAIL.length);
    }

    /** Data that refers back further than was agreed on cannot be inflated here. */
    private byte[] inflate(ByteArrayOutputStream deflated) {
        inflater.reset();
        inflater.setDictionary(remembered);
        deflated.writeBytes(TAIL);
        inflater.setInput(deflated.toByteArray());
        ByteArrayOutputStream inflated = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        try {
            int n;
            while ((n = inflater.inflate(buffer)) > 0) {
                inflated.write(buffer, 0, n);
            }
        } catch (DataFormatException e) {
            throw new AssertionError("cannot be inflated: " + e.getMessage(), e);
        }
        if (inflater.getRemaining() > 0) {
            throw new AssertionError("the compressed data ends too early");
        }
        byte[] message = inflated.toByteArray();
        remember(message);
        return message;
    }

    /** Keeps the end of the data that the server has compressed so far. */
    private void remember(byte[] message) {
        if (serverForgets) {
            return;
        }
        byte[] all = Arrays.copyOf(remembered, remembered.length + message.length);
        System.arraycopy(message, 0, all, remembered.length, message.length);
        remembered = Arrays.copyOfRange(all, Math.max(0, all.length - serverWindow), all.length);
    }
}
