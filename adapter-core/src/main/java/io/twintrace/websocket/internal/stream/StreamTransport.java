package io.twintrace.websocket.internal.stream;

import io.twintrace.websocket.internal.io.BufferPool;
import io.twintrace.websocket.internal.io.PushTransport;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The transport over the non-blocking streams of an upgraded servlet connection. The streams' blocking mode has no
 * deadlines, and pins virtual threads in Tomcat.
 *
 * <p>Reading is {@link StreamInput}'s, writing {@link StreamWriter}'s, and what containers do differently
 * {@link ContainerSocket}'s.
 */
public final class StreamTransport implements PushTransport {
    private final ContainerSocket socket;
    private final Pause pause;
    private final StreamOutput output;
    private final StreamInput input;
    private final StreamWriter writer;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;

    private volatile boolean closed;

    /**
     * @param pool of heap buffers
     * @param log gets a message for the operator if the container cannot be used as it should be
     */
    public StreamTransport(
            WebConnection connection,
            InetSocketAddress local,
            InetSocketAddress remote,
            BufferPool pool,
            Consumer<String> log)
            throws IOException {
        ServletInputStream in = connection.getInputStream();
        this.socket = ContainerSocket.of(connection, in, log);
        this.pause = socket.pause();
        this.output = new StreamOutput(connection.getOutputStream(), socket.writesFromSharedArrays(), pool);
        this.input = new StreamInput(in, socket, pause, pool, this::failed);
        this.writer = new StreamWriter(output, pause, this::failed);
        this.local = local;
        this.remote = remote;
    }

    /** Begins to listen; on the container's thread, before anybody else uses this. */
    public void start() throws IOException {
        output.tell(writer);
        socket.sendHandshake(output);
        input.start();
    }

    /** The container's stream is of no use any more. */
    private void failed(Throwable error) {
        IOException why =
                error instanceof IOException io ? io : new IOException("the container's stream failed", error);
        try {
            socket.streamFailed();
        } finally {
            writer.release();
            pause.close();
            input.end(why);
            writer.failStarted(why);
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return input.read(into);
    }

    @Override
    public void awaitReadable() throws IOException {
        input.awaitReadable();
    }

    @Override
    public void readDeadline(long deadline) {
        input.deadline(deadline);
    }

    @Override
    public void write(ByteBuffer[] buffers) throws IOException {
        writer.write(buffers);
    }

    @Override
    public void writeDeadline(long deadline) {
        writer.deadline(deadline);
    }

    @Override
    public void tell(Events events, Executor elsewhere) {
        writer.tell(events, elsewhere);
        input.tell(events, elsewhere);
    }

    @Override
    public void awaitInput() {
        input.awaitInput();
    }

    @Override
    public boolean tryWrite(ByteBuffer[] buffers) throws IOException {
        return writer.tryWrite(buffers);
    }

    @Override
    public boolean startWrite(ByteBuffer buffer) throws IOException {
        return writer.start(buffer);
    }

    /** The Servlet API knows no half-closed connection. */
    @Override
    public boolean shutdownOutput() {
        return false;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            writer.close();
            pause.close();
            input.close();
        } finally {
            try {
                closeSocket();
            } finally {
                input.tellOfClose();
                writer.failStarted(new AsynchronousCloseException());
            }
        }
    }

    private void closeSocket() {
        try {
            socket.close();
        } catch (Exception e) {
            // It is closed for us either way; the container settles the rest.
        }
    }

    @Override
    public InetSocketAddress localAddress() {
        return local;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return remote;
    }
}
