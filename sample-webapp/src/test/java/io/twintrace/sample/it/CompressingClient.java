package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.testkit.RawClient;
import io.twintrace.websocket.testkit.RawClient.FrameHead;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** A raw client that compresses each message by itself, and inflates the answers. */
final class CompressingClient implements AutoCloseable {
    private static final String OFFER = "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover";
    private static final byte[] TAIL = {0, 0, (byte) 0xFF, (byte) 0xFF};

    private final RawClient client;
    private final Inflater inflater = new Inflater(true);

    CompressingClient(SampleServer server, String path) throws IOException {
        this(server.port(), server.path(path));
    }

    CompressingClient(int port, String path) throws IOException {
        client = RawClient.open(port, path, OFFER);
    }

    RawClient raw() {
        return client;
    }

    /** A whole masked frame. */
    static byte[] frame(byte[] message) {
        return frame(RawClient.BINARY, message);
    }

    /** A message of either kind, by its opcode. */
    static byte[] frame(int opcode, byte[] message) {
        return RawClient.frame(RawClient.RSV1 | opcode, deflate(message));
    }

    /** DEFLATE data as RFC 7692 has it, without its tail. */
    static byte[] deflate(byte[] message) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] piece = new byte[1 << 16];
        deflater.setInput(message);
        for (int n; (n = deflater.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH)) > 0; ) {
            all.write(piece, 0, n);
        }
        deflater.end();
        return Arrays.copyOf(all.toByteArray(), all.size() - TAIL.length);
    }

    /** Reads one message in any number of frames. It must be the given one, compressed. */
    void expect(byte[] message) throws IOException, DataFormatException {
        expect(RawClient.BINARY, message);
    }

    void expect(int opcode, byte[] message) throws IOException, DataFormatException {
        int at = 0;
        boolean first = true;
        FrameHead head;
        do {
            head = client.readFrameHead();
            assertEquals(first ? opcode : 0, head.opcode());
            assertEquals(first, head.rsv1());
            byte[] payload = new byte[Math.toIntExact(head.length())];
            client.readFully(payload);
            at = inflate(payload, message, at);
            first = false;
        } while (!head.fin());
        assertEquals(message.length, inflate(TAIL, message, at));
    }

    private int inflate(byte[] payload, byte[] message, int at) throws DataFormatException {
        byte[] piece = new byte[1 << 16];
        int end = at;
        inflater.setInput(payload);
        for (int n; (n = inflater.inflate(piece)) > 0; end += n) {
            assertEquals(-1, Arrays.mismatch(message, end, end + n, piece, 0, n), "after " + end + " bytes");
        }
        return end;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        client.close();
    }
}
