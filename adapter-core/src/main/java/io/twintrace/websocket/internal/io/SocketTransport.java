package io.twintrace.websocket.internal.io;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * A transport over a plain TCP socket that no container manages. Each direction opens a selector, and so a file
 * descriptor, at its first wait. On JDK 21 to 23 a waiting virtual thread also keeps its carrier.
 */
public final class SocketTransport implements Transport {
    private final SocketChannel channel;
    private final ChannelWait readable;
    private final ChannelWait writable;

    /**
     * Takes over the channel and makes it non-blocking.
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
        channel.write(buffers);
        while (anyRemaining(buffers)) {
            writable.await();
            channel.write(buffers);
        }
    }

    @Override
    public boolean tryWrite(ByteBuffer[] buffers) throws IOException {
        channel.write(buffers);
        return !anyRemaining(buffers);
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
            // A failed close leaves nothing to do.
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
