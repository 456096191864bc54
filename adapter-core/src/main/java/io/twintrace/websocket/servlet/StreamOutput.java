package io.twintrace.websocket.servlet;

import io.twintrace.websocket.transport.BufferPool;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A container's non-blocking stream as a sink of buffers. For one writer at a time; what a stream that the container has
 * closed throws becomes an IOException.
 */
final class StreamOutput {
    private final ServletOutputStream out;
    private final boolean isTomcat;
    private final BufferPool pool;

    /** @param pool of heap buffers */
    StreamOutput(ServletOutputStream out, boolean isTomcat, BufferPool pool) {
        this.out = out;
        this.isTomcat = isTomcat;
        this.pool = pool;
    }

    /** Tells of when it is possible to write. */
    void tell(WriteListener listener) {
        out.setWriteListener(listener);
    }

    /** Whether something can be written; if not, the listener will be told when it can. */
    boolean isReady() throws IOException {
        try {
            return out.isReady();
        } catch (IllegalStateException e) {
            throw closedByContainer(e);
        }
    }

    /** Writes as long as that needs no waiting; whether that was all of it. */
    boolean write(ByteBuffer buffer) throws IOException {
        try {
            while (buffer.hasRemaining()) {
                if (!out.isReady()) {
                    return false;
                }
                writePiece(buffer);
            }
            return true;
        } catch (IllegalStateException e) {
            throw closedByContainer(e);
        }
    }

    /** Has the container write what it has kept; only while this is ready. */
    void flush() throws IOException {
        try {
            out.flush();
        } catch (IllegalStateException e) {
            throw closedByContainer(e);
        }
    }

    /** What the socket does not take the container would copy and keep, however much it is; so it is given pieces. */
    private void writePiece(ByteBuffer buffer) throws IOException {
        int n = Math.min(pool.bufferSize(), buffer.remaining());
        if (!isTomcat) {
            byte[] exact = new byte[n]; // Undertow writes the whole array, whatever it is told
            buffer.get(exact);
            out.write(exact, 0, n);
        } else if (buffer.hasArray()) {
            out.write(buffer.array(), buffer.arrayOffset() + buffer.position(), n);
            buffer.position(buffer.position() + n);
        } else {
            writePooled(buffer, n);
        }
    }

    private void writePooled(ByteBuffer buffer, int length) throws IOException {
        ByteBuffer copy = pool.acquire();
        try {
            buffer.get(copy.array(), copy.arrayOffset(), length);
            out.write(copy.array(), copy.arrayOffset(), length);
        } finally {
            pool.release(copy); // Tomcat has copied what it could not write
        }
    }

    private static IOException closedByContainer(IllegalStateException e) {
        return new IOException("the container has closed the stream", e);
    }
}
