package io.twintrace.websocket.internal.stream;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.WebConnection;
import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Uses the I/O thread and the channel under an upgraded connection of Undertow, and so of WildFly. They lie outside the
 * Servlet API, but are needed for three reasons:
 *
 * <ul>
 *   <li>Only the I/O thread may resume reading. Another thread could do so before Undertow has returned from its own
 *       call of the listener, and both would change the stream's state without a lock.
 *   <li>{@code WebConnection.close()} first writes all that the socket has not yet taken, and waits for the peer as
 *       long as that takes.
 *   <li>If a peer resets the connection before it has read everything, the I/O thread tries for ever to write the rest,
 *       unless somebody takes the rest away.
 * </ul>
 */
final class UndertowSocket implements ContainerSocket {
    private static final String CONNECTION = "io.undertow.servlet.spec.WebConnectionImpl";

    /** From the last connection. There is usually one Undertow. */
    private static volatile Undertow lastUndertow;

    private final Executor ioThread;
    private final Closeable channel;
    private final ServletOutputStream out;

    /** The bytes of the last write that the socket has not taken. Only the I/O thread uses this. */
    private final Field unwritten;

    private UndertowSocket(WebConnection connection) throws ReflectiveOperationException, IOException {
        this.out = connection.getOutputStream();
        Undertow undertow = Undertow.of(connection.getClass(), out.getClass());
        this.ioThread = (Executor) undertow.ioExecutor().get(connection);
        this.channel = (Closeable) undertow.channel().get(connection);
        this.unwritten = undertow.buffer();
    }

    /** The fields of Undertow's classes that this class uses. */
    private record Undertow(Class<?> connection, Class<?> output, Field ioExecutor, Field channel, Field buffer) {
        static Undertow of(Class<?> connection, Class<?> output) throws NoSuchFieldException {
            Undertow last = lastUndertow;
            if (last == null || last.connection != connection || last.output != output) {
                last = new Undertow(
                        connection,
                        output,
                        field(connection, "ioExecutor"),
                        field(connection, "channel"),
                        field(output, "buffer"));
                lastUndertow = last;
            }
            return last;
        }

        private static Field field(Class<?> owner, String name) throws NoSuchFieldException {
            Field field = owner.getDeclaredField(name);
            field.setAccessible(true);
            return field;
        }
    }

    /** Returns whether an upgraded connection is Undertow's. */
    static boolean isUndertow(WebConnection connection) {
        return connection.getClass().getName().equals(CONNECTION);
    }

    /** Returns the socket of a connection. If this Undertow has changed, logs that and returns a limited socket. */
    static ContainerSocket of(WebConnection connection, Consumer<String> log) throws IOException {
        try {
            return new UndertowSocket(connection);
        } catch (ReflectiveOperationException | RuntimeException e) {
            log.accept("cannot access the sockets of this Undertow (" + e + "). WebSockets work, with three limits:"
                    + " closing a connection whose client does not read holds a thread until the client reads or"
                    + " disconnects, a client that resets its connection before it has read everything keeps one"
                    + " of Undertow's I/O threads busy forever, and a connection that sends faster than the"
                    + " application reads may break, because two threads may read it at once. Use a version of"
                    + " Undertow or WildFly that docs/deploying.md lists");
            return new StandardSocket(connection, Pause.NONE);
        }
    }

    /** No pause: an I/O thread serves many connections. */
    @Override
    public Pause pause() {
        return Pause.NONE;
    }

    @Override
    public int maxTurnBytes() {
        return StreamInput.MAX_TURN_BYTES;
    }

    @Override
    public void resumeReading(Runnable reading) {
        ioThread.execute(reading);
    }

    /** Undertow always writes the whole array. */
    @Override
    public boolean writesFromSharedArrays() {
        return false;
    }

    @Override
    public void sendHandshake(StreamOutput output) {
        // Undertow has sent it before it provided the streams.
    }

    @Override
    public void streamFailed() {
        try {
            if (unwritten.get(out) != null) {
                unwritten.set(out, ByteBuffer.allocate(0));
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the field was accessible before", e);
        }
    }

    /** Closes on the I/O thread, which owns the streams. */
    @Override
    public void close() {
        try {
            ioThread.execute(this::closeNow);
        } catch (RejectedExecutionException e) { // the container has stopped
            closeNow();
        }
    }

    /** Drops the unwritten bytes, which Undertow would otherwise write first. */
    private void closeNow() {
        try {
            try {
                unwritten.set(out, null);
                out.close(); // with TLS it sends close_notify if it need not wait
            } finally {
                channel.close(); // which also frees Undertow's buffer for reading
            }
        } catch (ReflectiveOperationException | IOException | RuntimeException e) {
            // The connection is closed for us either way.
        }
    }
}
