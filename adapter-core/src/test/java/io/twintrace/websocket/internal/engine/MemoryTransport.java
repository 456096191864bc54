package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import io.twintrace.websocket.internal.io.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/**
 * A transport whose peer has already sent everything and ended its output. The bytes come in pieces of given sizes, as
 * TCP may cut them, and the output is kept. No deadline ever passes. For one thread.
 */
final class MemoryTransport implements Transport {
    private static final HandshakeRequest REQUEST =
            new HandshakeRequest("GET", "HTTP/1.1", "/memory", null, null, Map.of());

    private final ByteBuffer incoming;
    private final IntSupplier pieces;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private boolean outputEnded;
    private boolean closed;

    /**
     * @param incoming all that the peer sends
     * @param pieces how many bytes each read gives at most; 0 if nothing has arrived yet
     */
    MemoryTransport(byte[] incoming, IntSupplier pieces) {
        this.incoming = ByteBuffer.wrap(incoming);
        this.pieces = pieces;
    }

    /**
     * @param incoming all that the peer sends
     * @param sizes those of the pieces, over and over, with one byte after each round
     */
    MemoryTransport(byte[] incoming, List<Integer> sizes) {
        this(incoming, inRounds(sizes));
    }

    private static IntSupplier inRounds(List<Integer> sizes) {
        AtomicInteger calls = new AtomicInteger();
        return () -> {
            int at = calls.getAndIncrement() % (sizes.size() + 1);
            return at == sizes.size() ? 1 : sizes.get(at);
        };
    }

    /** The server's connection over this transport. */
    BlockingConnection connection(WebSocketOptions options) {
        return connection(options, Optional.empty());
    }

    /** The same, after an agreement about compression. */
    BlockingConnection connection(WebSocketOptions options, Optional<DeflateParameters> deflate) {
        Accepted handshake = new Accepted(Map.of(), Optional.empty(), deflate);
        return new ConnectionFactory(options).open(this, REQUEST, handshake);
    }

    /** Everything that this side has written. */
    byte[] written() {
        return written.toByteArray();
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        if (!incoming.hasRemaining()) {
            return -1;
        }
        int n = Math.min(pieces.getAsInt(), Math.min(incoming.remaining(), into.remaining()));
        into.put(incoming.slice(incoming.position(), n));
        incoming.position(incoming.position() + n);
        return n;
    }

    @Override
    public void awaitReadable() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public void write(ByteBuffer[] buffers) throws IOException {
        if (closed || outputEnded) {
            throw new ClosedChannelException();
        }
        for (ByteBuffer buffer : buffers) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            written.writeBytes(bytes);
        }
    }

    @Override
    public boolean tryWrite(ByteBuffer[] buffers) throws IOException {
        write(buffers);
        return true;
    }

    @Override
    public void readDeadline(long deadline) {
        // Nothing here waits.
    }

    @Override
    public void writeDeadline(long deadline) {
        // Nothing here waits.
    }

    @Override
    public boolean shutdownOutput() {
        outputEnded = true;
        return true;
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public InetSocketAddress localAddress() {
        return null;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return null;
    }
}
