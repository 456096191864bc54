package io.twintrace.websocket.benchmarks.endtoend.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The least of RFC 6455 that an echo needs, for {@link BareServer}. It checks nothing but the length. */
final class BareProtocol {
    static final int BUFFER_SIZE = 16 * 1024;

    private static final int MAX_LENGTH = 8 * 1024;
    private static final Pattern KEY = Pattern.compile("(?i)sec-websocket-key: *(\\S+)");

    private BareProtocol() {}

    /** Answers the opening handshake, on a channel that blocks. */
    static void upgrade(SocketChannel channel) throws Exception {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (!request.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            if (channel.read(one.clear()) < 0) {
                throw new IOException("the peer has gone");
            }
            request.write(one.get(0));
        }
        Matcher key = KEY.matcher(request.toString(StandardCharsets.US_ASCII));
        if (!key.find()) {
            throw new IOException("not a WebSocket handshake");
        }
        byte[] hash = MessageDigest.getInstance("SHA-1")
                .digest((key.group(1) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
        String response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(hash) + "\r\n\r\n";
        channel.write(ByteBuffer.wrap(response.getBytes(StandardCharsets.US_ASCII)));
    }

    /** Answers all frames that have arrived whole. The rest stays in {@code in}, which the next read fills up. */
    static void echo(SocketChannel channel, ByteBuffer in, ByteBuffer out) throws IOException {
        in.flip();
        out.clear();
        while (echoOne(in, out)) {}
        in.compact();
        out.flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }

    /** Returns false if no frame has arrived whole. */
    private static boolean echoOne(ByteBuffer in, ByteBuffer out) {
        int at = in.position();
        boolean isShort = in.remaining() >= 2 && (in.get(at + 1) & 0x7F) < 126;
        int head = isShort ? 6 : 8;
        if (in.remaining() < head) {
            return false;
        }
        int length = isShort ? in.get(at + 1) & 0x7F : in.getShort(at + 2) & 0xFFFF;
        if (length > MAX_LENGTH || (in.get(at + 1) & 0x7F) == 127) {
            throw new IllegalArgumentException("a message of more than 8 KiB");
        }
        if (in.remaining() < head + length) {
            return false;
        }
        byte[] payload = new byte[length];
        in.get(at + head, payload);
        for (int i = 0; i < length; i++) {
            payload[i] ^= in.get(at + head - 4 + i % 4);
        }
        out.put(in.get(at));
        if (isShort) {
            out.put((byte) length);
        } else {
            out.put((byte) 126).putShort((short) length);
        }
        out.put(payload);
        in.position(at + head + length);
        return true;
    }
}
