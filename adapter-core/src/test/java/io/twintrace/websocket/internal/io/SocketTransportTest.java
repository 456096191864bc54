package io.twintrace.websocket.internal.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SocketTransportTest {
    private Socket client;
    private SocketTransport transport;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
            client = new Socket(address.getAddress(), address.getPort());
            client.setSoTimeout(10_000);
            transport = new SocketTransport(listener.accept());
        }
    }

    @AfterEach
    void close() throws IOException {
        transport.close();
        client.close();
    }

    @Test
    void readingDoesNotBlockAndWaitingDoes() throws Exception {
        ByteBuffer buffer = ByteBuffer.allocate(16);
        assertEquals(0, transport.read(buffer));
        client.getOutputStream().write(new byte[] {1, 2});
        transport.awaitReadable();
        assertEquals(2, transport.read(buffer));
        client.close();
        transport.awaitReadable();
        assertEquals(-1, transport.read(buffer));
        transport.awaitReadable();
        assertEquals(-1, transport.read(buffer));
    }

    @Test
    void aTimeoutLosesNothing() throws Exception {
        transport.readDeadline(Deadlines.after(Duration.ofMillis(20)));
        assertThrows(SocketTimeoutException.class, transport::awaitReadable);
        transport.readDeadline(Deadlines.NONE);
        client.getOutputStream().write(7);
        transport.awaitReadable();
        assertEquals(1, transport.read(ByteBuffer.allocate(1)));
    }

    @Test
    void buffersOfAnyKindAndSizeAreWrittenInOrderToTheirLimits() throws Exception {
        byte[] big = new byte[1_000_000];
        for (int i = 0; i < big.length; i++) {
            big[i] = (byte) (i * 31 + (i >> 9));
        }
        ByteBuffer heap = ByteBuffer.allocate(big.length + 5).put(big).flip();
        ByteBuffer[] buffers = {
            ByteBuffer.allocateDirect(3).put(new byte[] {1, 2, 3}).flip(), ByteBuffer.allocate(0), heap
        };
        transport.writeDeadline(Deadlines.after(Duration.ofSeconds(10)));
        byte[][] seen = new byte[1][];
        Thread reader = new Thread(() -> {
            try {
                seen[0] = client.getInputStream().readNBytes(3 + big.length);
            } catch (IOException e) {
                seen[0] = new byte[0];
            }
        });
        reader.start();
        transport.write(buffers);
        reader.join(10_000);
        assertEquals(big.length, heap.limit());
        assertFalse(heap.hasRemaining());
        assertArrayEquals(new byte[] {1, 2, 3}, java.util.Arrays.copyOf(seen[0], 3));
        assertArrayEquals(big, java.util.Arrays.copyOfRange(seen[0], 3, seen[0].length));
        transport.write(new ByteBuffer[] {ByteBuffer.allocate(0)});
    }

    @Test
    void aWriteThatFailsPutsTheLimitBack() throws Exception {
        ByteBuffer heap = ByteBuffer.allocate(64 << 20);
        transport.writeDeadline(Deadlines.after(Duration.ofMillis(50)));
        assertThrows(SocketTimeoutException.class, () -> transport.write(new ByteBuffer[] {heap}));
        assertEquals(64 << 20, heap.limit());
    }

    @Test
    void endingTheOutputLeavesTheInputOpen() throws Exception {
        assertTrue(transport.shutdownOutput());
        assertEquals(-1, client.getInputStream().read());
        client.getOutputStream().write(5);
        transport.awaitReadable();
        assertEquals(1, transport.read(ByteBuffer.allocate(1)));
    }

    @Test
    void closingIsForGoodAndMayBeRepeated() throws Exception {
        transport.close();
        transport.close();
        assertTrue(transport.shutdownOutput());
        assertThrows(IOException.class, transport::awaitReadable);
        assertThrows(IOException.class, () -> transport.read(ByteBuffer.allocate(1)));
        assertThrows(IOException.class, () -> transport.write(new ByteBuffer[] {ByteBuffer.allocate(1)}));
        assertEquals(-1, client.getInputStream().read());
    }

    @Test
    void bothAddressesAreKnown() {
        assertEquals(client.getLocalSocketAddress(), transport.remoteAddress());
        assertEquals(client.getRemoteSocketAddress(), transport.localAddress());
    }
}
