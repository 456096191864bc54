package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.io.BufferPool;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * Closes the TCP connection so that what was written last arrives. Closing a socket with unread input makes the
 * operating system reset it, and a reset can overtake the Close frame; so the input is drained for a moment first.
 */
final class TransportCloser {
    /** A peer that is told by the end of the output has so long to finish. */
    static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** A peer that cannot be told by the end of the output waits for the end of the connection: this long. */
    static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Transport transport;
    private final BufferPool pool;

    TransportCloser(Transport transport, BufferPool pool) {
        this.transport = transport;
        this.pool = pool;
    }

    /** Closes at once, whatever is in flight. For any thread. */
    void abort() {
        transport.close();
    }

    /**
     * Ends the output, lets the peer finish for half a second at most, and closes. Where the output cannot be ended by
     * itself, a moment of silence is taken for the end. Only when nobody else reads.
     */
    void lingerAndClose() {
        try {
            linger(transport.shutdownOutput() ? LINGER_NANOS : QUIET_NANOS);
        } catch (IOException e) {
            // Late, or gone: closed either way.
        } finally {
            transport.close();
        }
    }

    private void linger(long patience) throws IOException {
        long until = Deadlines.afterNanos(LINGER_NANOS);
        ByteBuffer sink = pool.acquire();
        try {
            int n;
            while ((n = transport.read(sink)) >= 0 && Deadlines.remaining(until) > 0) {
                sink.clear();
                if (n == 0) {
                    transport.readDeadline(Deadlines.earlier(until, Deadlines.afterNanos(patience)));
                    transport.awaitReadable();
                }
            }
        } finally {
            pool.release(sink);
        }
    }
}
