package io.twintrace.websocket.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A WebSocket client that tests control byte by byte, to send input that no proper client would send. Every read gives
 * up after a while, so that no test hangs.
 */
public final class RawClient implements AutoCloseable {
    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;

    /** To be added to the opcode of a compressed message. */
    public static final int RSV1 = 0x40;

    private static final int PATIENCE_MILLIS = 15_000;
    private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};

    private final Socket socket;
    private final DataInputStream in;

    /** The peer's response: the status of the first line, and the whole head. */
    public record Response(int status, String head) {}

    /** The beginning of a frame; its payload comes next. */
    public record FrameHead(boolean fin, boolean rsv1, int opcode, long length) {}

    /** A whole frame. */
    @SuppressWarnings("ArrayRecordComponent") // frames are never compared
    public record Frame(boolean fin, int opcode, byte[] payload) {
        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        /** The code of a Close frame; 1005 when there is none, -1 for another frame. */
        public int closeCode() {
            if (opcode != CLOSE) {
                return -1;
            }
            return payload.length < 2 ? 1005 : (payload[0] & 0xff) << 8 | (payload[1] & 0xff);
        }

        /** The reason of a Close frame that has a code. */
        public String closeReason() {
            return new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
        }
    }

    public RawClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    /** Connected, with nothing sent yet. */
    public static RawClient connect(int port) throws IOException {
        return new RawClient(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** Connected and upgraded. */
    public static RawClient open(int port, String path, String... headers) throws IOException {
        RawClient client = connect(port);
        client.upgrade(path, headers);
        return client;
    }

    /** Does the opening handshake, which must succeed. */
    public void upgrade(String path, String... headers) throws IOException {
        send(handshake(path, headers));
        Response response = readResponse();
        if (response.status() != 101) {
            throw new IOException("the handshake was refused: " + response.head());
        }
    }

    /** The opening handshake's request; {@code headers} are whole lines. */
    public static byte[] handshake(String path, String... headers) {
        StringBuilder head = new StringBuilder("GET " + path + " HTTP/1.1\r\n"
                + "Host: localhost\r\n"
                + "Upgrade: websocket\r\n"
                + "Connection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return ascii(head + "\r\n");
    }

    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    // ---- Sending ----------------------------------------------------------------------------------------------------

    public static byte[] text(String text) {
        return frame(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    public static byte[] close(int code) {
        return frame(CLOSE, new byte[] {(byte) (code >> 8), (byte) code});
    }

    /** A whole masked frame with FIN. */
    public static byte[] frame(int opcode, byte[] payload) {
        byte[] masked = payload.clone();
        mask(masked);
        return concat(frameHead(opcode, payload.length), masked);
    }

    /**
     * The head of a masked frame with FIN, whose payload is to be put through {@link #mask} in multiples of 4 bytes.
     */
    public static byte[] frameHead(int opcode, long length) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(0x80 | opcode);
            if (length < 126) {
                out.write(0x80 | (int) length);
            } else if (length < 65_536) {
                out.write(0x80 | 126);
                out.writeShort((int) length);
            } else {
                out.write(0x80 | 127);
                out.writeLong(length);
            }
            out.write(MASK);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    /** Masks, or unmasks, in place. */
    public static void mask(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] ^= MASK[i & 3];
        }
    }

    public static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Sends all parts by one write, hence in one segment if they are small. */
    public void send(byte[]... parts) throws IOException {
        socket.getOutputStream().write(parts.length == 1 ? parts[0] : concat(parts));
        socket.getOutputStream().flush();
    }

    // ---- Receiving --------------------------------------------------------------------------------------------------

    /** Reads the head of an HTTP response. */
    public Response readResponse() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            head.write(in.readUnsignedByte());
        }
        String text = head.toString(StandardCharsets.US_ASCII);
        return new Response(Integer.parseInt(text.split(" ", 3)[1].strip()), text);
    }

    public FrameHead readFrameHead() throws IOException {
        int first = in.readUnsignedByte();
        int second = in.readUnsignedByte();
        if ((second & 0x80) != 0 || (first & 0x30) != 0) {
            throw new IOException("the server sent a masked frame, or one with RSV2 or RSV3");
        }
        long length = second;
        if (second == 126) {
            length = in.readUnsignedShort();
        } else if (second == 127) {
            length = in.readLong();
        }
        return new FrameHead((first & 0x80) != 0, (first & RSV1) != 0, first & 0x0f, length);
    }

    /** Reads payload until the array is full. */
    public void readFully(byte[] into) throws IOException {
        in.readFully(into);
    }

    public Frame read() throws IOException {
        FrameHead head = readFrameHead();
        if (head.rsv1()) {
            throw new IOException("the server sent a compressed message");
        }
        byte[] payload = new byte[Math.toIntExact(head.length())];
        in.readFully(payload);
        return new Frame(head.fin(), head.opcode(), payload);
    }

    /** Reads until there is a Close frame, and gives its code; 1006 when the connection ends without one. */
    public int readToClose() throws IOException {
        try {
            while (true) {
                Frame frame = read();
                if (frame.opcode() == CLOSE) {
                    return frame.closeCode();
                }
            }
        } catch (EOFException | SocketException e) {
            return 1006;
        }
    }

    /** Waits this long. Nothing may come meanwhile. */
    public void awaitSilence(Duration duration) throws IOException {
        socket.setSoTimeout(Math.toIntExact(duration.toMillis()));
        try {
            throw new IOException("something came: " + in.read());
        } catch (SocketTimeoutException e) {
            socket.setSoTimeout(PATIENCE_MILLIS);
        }
    }

    /** Waits for the end of the TCP connection, of any kind, and returns how long that took. */
    public Duration awaitEnd() throws IOException {
        long begin = System.nanoTime();
        byte[] sink = new byte[8192];
        try {
            while (in.read(sink) >= 0) {
                // Input that was on the way.
            }
        } catch (SocketException e) {
            // Reset: an end as well.
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /** Ends the output. Reading goes on. */
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Ends the connection with an RST. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
