package io.twintrace.websocket.internal.stream;

import io.twintrace.websocket.internal.io.BufferPool;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes buffers to a container's non-blocking stream, one thread at a time. Turns an exception of a stream that the
 * container has closed into an IOException.
 */
final class StreamOutput {
    private final ServletOutputStream out;
    private final boolean sharesArrays;
    private final BufferPool pool;

    /**
     * @param sharesArrays whether the container writes only the given part of an array, and lets the caller reuse it
     * @param pool a pool of heap buffers
     */
    StreamOutput(ServletOutputStream out, boolean sharesArrays, BufferPool pool) {
        this.out = out;
        this.sharesArrays = sharesArrays;
        this.pool = pool;
    }

    /** Sets the listener that learns when it is possible to write. */
    void onWritePossible(WriteListener listener) {
        out.setWriteListener(listener);
    }

    /** Returns whether it is possible to write. If not, the container calls the listener once it is. */
    boolean isReady() throws IOException {
        try {
            return out.isReady();
        } catch (RuntimeException e) {
            throw failed(e);
        }
    }

    /** Writes as much as possible without waiting. Returns whether that was everything. */
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

    /** Makes the container write what it has kept. Call this only while the stream is ready. */
    void flush() throws IOException {
        try {
            out.flush();
        } catch (RuntimeException e) {
            throw failed(e);
        }
    }

    /** Writes one small piece, since the container copies and keeps everything that the socket does not take. */
    private void writePiece(ByteBuffer buffer) throws IOException {
        int n = Math.min(pool.bufferSize(), buffer.remaining());
        if (!sharesArrays) {
            byte[] exact = new byte[n]; // Undertow always writes the whole array
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

    /** Wraps an exception. A closed stream throws IllegalStateException, and in Grizzly NullPointerException. */
    private static IOException failed(RuntimeException e) {
        return new IOException("the container's stream failed or is closed", e);
    }
}
