package io.twintrace.websocket.benchmarks.endtoend.load;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Connections that read nothing after the handshake until the end. */
final class SilentPeers implements AutoCloseable {
    private static final int RECEIVE_BUFFER = 4 * 1024;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);
    private static final int CLOSE = 0x88;
    private static final int WITHOUT_CLOSE = 1006;
    private static final int LENGTH_IN_2_BYTES = 126;
    private static final int LENGTH_IN_8_BYTES = 127;

    private final List<Socket> sockets = new ArrayList<>();

    SilentPeers(LoadSettings settings) throws IOException {
        for (int i = 0; i < settings.silent(); i++) {
            Socket socket = new Socket();
            sockets.add(socket);
            socket.setReceiveBufferSize(RECEIVE_BUFFER);
            socket.setSoTimeout(millis(PATIENCE));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), settings.port()));
            ClientHandshake handshake = new ClientHandshake(false);
            socket.getOutputStream().write(handshake.request(settings.port(), settings.path()));
            byte[] one = new byte[1];
            do {
                one[0] = (byte) socket.getInputStream().read();
            } while (!handshake.read(ByteBuffer.wrap(one)));
        }
    }

    /**
     * Reads what has come to each peer. Returns how many of them were closed with which code: 1006 without a close frame,
     * 0 if the connection is still open.
     */
    Map<Integer, Integer> closeCodes() {
        long deadline = System.nanoTime() + PATIENCE; // one for all, for none of them might be closed
        Map<Integer, Integer> codes = new TreeMap<>();
        for (Socket socket : sockets) {
            codes.merge(closeCode(socket, deadline), 1, Integer::sum);
        }
        return codes;
    }

    private static int closeCode(Socket socket, long deadline) {
        try {
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            while (true) {
                socket.setSoTimeout(millis(deadline - System.nanoTime()));
                int first = in.readUnsignedByte();
                long length = in.readUnsignedByte();
                if (length == LENGTH_IN_2_BYTES) {
                    length = in.readUnsignedShort();
                } else if (length == LENGTH_IN_8_BYTES) {
                    length = in.readLong();
                }
                if (first == CLOSE) {
                    return in.readUnsignedShort();
                }
                in.skipNBytes(length);
            }
        } catch (SocketTimeoutException e) {
            return 0;
        } catch (IOException e) {
            return WITHOUT_CLOSE;
        }
    }

    /** Returns at least 1, for 0 would wait without end. */
    private static int millis(long nanos) {
        return (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
