package io.twintrace.websocket.benchmarks.endtoend.server;

import io.twintrace.websocket.internal.io.VirtualThreads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a virtual thread for each connection costs without a library: it reads from the JDK's channel, unmasks, and writes back. No
 * checks, no timeouts, no close handshake. Takes messages up to 8 KiB. Not one of the servers that the
 * comparison starts, since it cannot broadcast.
 */
final class BareServer {
    private static final int BUFFER_SIZE = 16 * 1024;
    private static final int MAX_LENGTH = 8 * 1024;
    private static final Pattern KEY = Pattern.compile("(?i)sec-websocket-key: *(\\S+)");

    private BareServer() {}

    /** Prints the port. Ends with standard input. */
    public static void main(String[] args) throws Exception {
        ServerSocketChannel server = ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), TestServer.ACCEPT_QUEUE);
        start(() -> {
            while (true) {
                SocketChannel channel = server.accept();
                start(() -> serve(channel));
            }
        });
        System.out.println("port " + server.socket().getLocalPort());
        while (System.in.read() >= 0) {}
        Runtime.getRuntime().halt(0);
    }

    private interface Task {
        void run() throws Exception;
    }

    private static void start(Task task) {
        VirtualThreads.start("bare", ClassLoader.getSystemClassLoader(), () -> {
            try {
                task.run();
            } catch (IOException e) {
                // The peer has gone.
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static void serve(SocketChannel channel) throws Exception {
        try (channel) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            upgrade(channel);
            ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_SIZE);
            ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_SIZE);
            while (channel.read(in) >= 0) {
                in.flip();
                while (echo(in, out)) {}
                in.compact();
                out.flip();
                while (out.hasRemaining()) {
                    channel.write(out);
                }
                out.clear();
            }
        }
    }

    private static void upgrade(SocketChannel channel) throws Exception {
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

    /** Answers one frame. Returns false if it has not arrived whole. */
    private static boolean echo(ByteBuffer in, ByteBuffer out) {
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
