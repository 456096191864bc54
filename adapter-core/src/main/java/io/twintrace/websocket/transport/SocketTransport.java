package io.twintrace.websocket.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** The transport over a plain TCP socket that no container manages. */
public final class SocketTransport implements Transport {
    /**
     * The JDK copies what remains of a heap buffer at each attempt to write, however little the peer then takes: offered
     * whole, a large payload would be copied over and over.
     */
    private static final int MOST_COPIED = 128 * 1024;

    private final SocketChannel channel;
    private final ChannelWait readable;
    private final ChannelWait writable;

    /**
     * Takes the channel over, and makes it non-blocking.
     *
     * @param channel a connected channel
     */
    public SocketTransport(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
        this.readable = new ChannelWait(channel, SelectionKey.OP_READ, "for the peer to send");
        this.writable = new ChannelWait(channel, SelectionKey.OP_WRITE, "for the peer to read");
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    @Override
    public void awaitReadable() throws IOException {
        readable.await();
    }

    @Override
    public void write(ByteBuffer[] buffers) throws IOException {
        ByteBuffer last = buffers[buffers.length - 1];
        int end = last.limit();
        try {
            while (true) {
                last.limit(endOfPiece(last, end));
                channel.write(buffers);
                if (anyRemaining(buffers)) {
                    writable.await();
                } else if (last.limit() == end) {
                    return;
                }
            }
        } finally {
            last.limit(end);
        }
    }

    private static int endOfPiece(ByteBuffer buffer, int end) {
        return buffer.isDirect() || end - buffer.position() <= MOST_COPIED ? end : buffer.position() + MOST_COPIED;
    }

    private static boolean anyRemaining(ByteBuffer[] buffers) {
        for (ByteBuffer buffer : buffers) {
            if (buffer.hasRemaining()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void readDeadline(long deadline) {
        readable.deadline(deadline);
    }

    @Override
    public void writeDeadline(long deadline) {
        writable.deadline(deadline);
    }

    @Override
    public boolean shutdownOutput() {
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            close(); // the connection is gone already
        }
        return true;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // Nothing can be done about a socket that does not want to be closed.
        }
        readable.close();
        writable.close();
    }

    @Override
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) channel.socket().getLocalSocketAddress();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return (InetSocketAddress) channel.socket().getRemoteSocketAddress();
    }
}
