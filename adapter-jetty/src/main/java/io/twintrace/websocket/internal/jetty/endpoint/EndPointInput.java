package io.twintrace.websocket.internal.jetty.endpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.EndPoint;

/** The bytes of an {@link EndPoint}, after those that came with the handshake. Only the reading thread reads. */
final class EndPointInput {
    private final EndPoint endPoint;
    private final SocketChannel channel;

    /** The bytes that arrived with the handshake; null once they are read. */
    private ByteBuffer first;

    /** How many bytes were read. For the reading thread. */
    private long received;

    private volatile boolean closed;

    /** @param channel the endpoint's own; null if the endpoint changes what is read, as TLS does */
    EndPointInput(EndPoint endPoint, SocketChannel channel) {
        this.endPoint = endPoint;
        this.channel = channel;
    }

    /** Copies the bytes to read first. Call this before the first read. */
    void startWith(ByteBuffer bytes) {
        first = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    }

    /** Tells whether some of these bytes are left. */
    boolean hasFirst() {
        return first != null;
    }

    /** Reads once, as {@link io.twintrace.websocket.internal.io.Transport#read} does. */
    int read(ByteBuffer into) throws IOException {
        if (first != null) {
            int n = move(first, into);
            first = first.hasRemaining() ? first : null;
            return n;
        }
        if (closed) {
            throw new AsynchronousCloseException();
        }
        int n = fill(into);
        received += n; // -1 at the end makes no difference to anybody
        return n;
    }

    /** Returns how many bytes were read. Only the reading thread calls this. */
    long received() {
        return received;
    }

    static int move(ByteBuffer from, ByteBuffer into) {
        int n = Math.min(from.remaining(), into.remaining());
        into.put(into.position(), from, from.position(), n).position(into.position() + n);
        from.position(from.position() + n);
        return n;
    }

    private int fill(ByteBuffer into) throws IOException {
        if (!into.hasRemaining()) {
            return 0; // Jetty would move bytes to make room
        }
        int n = fromChannel(into);
        return n >= 0 ? n : fromEndPoint(into);
    }

    /** Reads past the endpoint, which asks for the time and looks at its state. At the end it has to know, though. */
    private int fromChannel(ByteBuffer into) {
        try {
            return channel == null ? -1 : channel.read(into);
        } catch (IOException e) {
            return -1; // the endpoint gets it again
        }
    }

    private int fromEndPoint(ByteBuffer into) throws IOException {
        if (into.limit() == into.capacity()) {
            return append(into);
        }
        int n = append(into.slice()); // Jetty fills to the capacity, whatever the limit
        into.position(into.position() + Math.max(n, 0));
        return n;
    }

    /**
     * Jetty's buffers are in "flush mode": data is from position to limit, and fill appends at the limit. It appends to
     * an empty buffer at 0, so this method makes the buffer look non-empty.
     */
    private int append(ByteBuffer into) throws IOException {
        int start = into.position();
        into.limit(start).position(Math.max(0, start - 1));
        try {
            return endPoint.fill(into);
        } finally {
            int end = into.limit();
            into.limit(into.capacity()).position(end);
        }
    }

    /**
     * Reads once into an empty buffer, which holds what was read from position to limit. Any thread may call
     * this while no other reads.
     */
    int fillEmpty(ByteBuffer buffer) throws IOException {
        int n = fromChannel(buffer.clear());
        buffer.flip();
        return n >= 0 ? n : endPoint.fill(buffer);
    }

    /** Tells whether reading has ended. Any thread. */
    boolean isClosed() {
        return closed;
    }

    /** Ends reading. Any thread. */
    void close() {
        closed = true;
    }
}
