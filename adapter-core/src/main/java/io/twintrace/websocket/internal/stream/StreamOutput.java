package io.twintrace.websocket.internal.stream;

import io.twintrace.websocket.internal.io.BufferPool;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A container's non-blocking stream as a sink of buffers. For one writer at a time. What a stream throws that the
 * container has closed becomes an IOException.
 */
final class StreamOutput {
    private final ServletOutputStream out;
    private final boolean sharesArrays;
    private final BufferPool pool;

    /**
     * @param sharesArrays whether an array may be used again once it was written, and has only its named part written
     * @param pool of heap buffers
     */
    StreamOutput(ServletOutputStream out, boolean sharesArrays, BufferPool pool) {
        this.out = out;
        this.sharesArrays = sharesArrays;
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
        } catch (RuntimeException e) {
            throw failed(e);
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
        } catch (RuntimeException e) {
            throw failed(e);
        }
    }

    /** Has the container write what it has kept; only while this is ready. */
    void flush() throws IOException {
        try {
            out.flush();
        } catch (RuntimeException e) {
            throw failed(e);
        }
    }

    /** What the socket does not take the container would copy and keep, however much it is; so it is given pieces. */
    private void writePiece(ByteBuffer buffer) throws IOException {
        int n = Math.min(pool.bufferSize(), buffer.remaining());
        if (!sharesArrays) {
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

    /** Containers throw IllegalStateException where they have closed a stream, and Grizzly NullPointerException. */
    private static IOException failed(RuntimeException e) {
        return new IOException("the container's stream failed or is closed", e);
    }
}
