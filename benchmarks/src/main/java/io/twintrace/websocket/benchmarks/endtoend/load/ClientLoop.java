package io.twintrace.websocket.benchmarks.endtoend.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Runs all connections on one thread. */
final class ClientLoop implements AutoCloseable {
    private static final int INPUT_SIZE = 256 * 1024;

    /** Connections from one address: well below the number of ports that a system assigns. */
    private static final int CONNECTIONS_PER_ADDRESS = 8000;

    /** The handshake load uses more addresses, since each handshake leaves its port unusable for a while. */
    private static final int ADDRESSES_FOR_HANDSHAKES = 32;

    private final LoadSettings settings;
    private final Selector selector = Selector.open();
    private final ByteBuffer input = ByteBuffer.allocateDirect(INPUT_SIZE);
    private final Set<Client> clients = new HashSet<>();
    private final int addresses;
    private int connected;

    ClientLoop(LoadSettings settings) throws IOException {
        this.settings = settings;
        this.addresses = settings.mode().equals("handshake")
                ? ADDRESSES_FOR_HANDSHAKES
                : 1 + settings.conns() / CONNECTIONS_PER_ADDRESS;
    }

    LoadSettings settings() {
        return settings;
    }

    /** Shared by all connections, since no data stays in it. */
    ByteBuffer input() {
        return input;
    }

    Client connect(Payload payload, Client.Owner owner) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        if (addresses > 1) {
            channel.bind(loopback(1 + connected++ % addresses, 0));
        }
        Client client = new Client(this, channel, payload, owner);
        clients.add(client);
        client.registered(channel.register(selector, SelectionKey.OP_CONNECT, client));
        channel.connect(loopback(1, settings.port())); // never completes at once on a selector's channel
        return client;
    }

    private static InetSocketAddress loopback(int host, int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) host}), port);
    }

    /** Serves the ready connections. Waits for one at most this many milliseconds. */
    void poll(long timeout) throws IOException {
        if (timeout > 0) {
            selector.select(ClientLoop::serve, timeout);
        } else {
            selector.selectNow(ClientLoop::serve);
        }
    }

    private static void serve(SelectionKey key) {
        if (key.isValid()) {
            ((Client) key.attachment()).ready();
        }
    }

    boolean isEmpty() {
        return clients.isEmpty();
    }

    void remove(Client client) {
        clients.remove(client);
    }

    @Override
    public void close() throws IOException {
        List.copyOf(clients).forEach(Client::abort);
        selector.close();
    }
}
