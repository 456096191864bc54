package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.io.BufferPool;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * Closes the TCP connection in a way that lets the last bytes arrive. If a socket is closed with unread input, the
 * operating system resets it, and a reset can overtake the Close frame. So this drains the input for a moment first.
 *
 * <p>For handlers: {@link EngineConnection#finish} and {@link HandlerReadingEnd} decide when. A listener's connection
 * lingers in {@link ListenerState}, where no thread may wait.
 */
final class TransportCloser {
    /** How long a peer may take to finish if the end of the output tells it to. */
    static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /**
     * How long a peer may be silent if the output cannot be ended by itself. Such a peer waits for the end of the
     * connection.
     */
    static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private TransportCloser() {}

    /**
     * Ends the output, lets the peer finish for half a second at most, and closes. If the output cannot be ended by
     * itself, a moment of silence counts as the end. Call this only if no other thread reads.
     *
     * @param pool lends a buffer for what still comes
     */
    static void lingerAndClose(Transport transport, BufferPool pool) {
        try {
            linger(transport, pool, transport.shutdownOutput() ? LINGER_NANOS : QUIET_NANOS);
        } catch (IOException e) {
            // The peer is late or gone. The connection is closed either way.
        } finally {
            transport.close();
        }
    }

    private static void linger(Transport transport, BufferPool pool, long patience) throws IOException {
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
