package io.twintrace.websocket.jetty;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** As much of HTTP/2 without TLS as one request and the text of its answer need. */
final class Http2Client implements AutoCloseable {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    private final Socket socket;
    private final DataOutputStream out;
    private final DataInputStream in;

    Http2Client(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(15_000);
        out = new DataOutputStream(socket.getOutputStream());
        in = new DataInputStream(socket.getInputStream());
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        writeFrame(SETTINGS, 0, 0, new byte[0]);
    }

    /** Names and values in turn. */
    void request(String... headers) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < headers.length; i += 2) {
            block.write(0); // a literal without indexing, its name as well (RFC 7541, section 6.2.2)
            writeString(block, headers[i]);
            writeString(block, headers[i + 1]);
        }
        writeFrame(HEADERS, END_HEADERS, 1, block.toByteArray());
    }

    private static void writeString(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        block.write(bytes.length); // less than 127, and without Huffman's code
        block.writeBytes(bytes);
    }

    private void writeFrame(int type, int flags, int stream, byte[] payload) throws IOException {
        out.writeByte(payload.length >> 16);
        out.writeShort(payload.length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
        out.flush();
    }

    /** All that comes as data before the end of the stream. */
    String readText() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        while (true) {
            byte[] payload = new byte[in.readUnsignedByte() << 16 | in.readUnsignedShort()];
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            in.readFully(payload);
            if (type == DATA) {
                text.writeBytes(payload);
            }
            if (stream == 1 && (flags & END_STREAM) != 0) {
                return text.toString(StandardCharsets.UTF_8);
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
