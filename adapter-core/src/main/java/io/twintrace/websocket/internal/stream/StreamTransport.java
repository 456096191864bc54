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
 * A transport over the non-blocking streams of an upgraded servlet connection. The streams' blocking mode has no
 * deadlines, and pins virtual threads in Tomcat.
 *
 * <p>{@link StreamInput} reads, {@link StreamWriter} writes, and a {@link ContainerSocket} covers the differences
 * between containers.
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

    /** Whether the container's stream has failed, so that nothing arrives any more. */
    private volatile boolean failed;

    /**
     * @param pool a pool of heap buffers
     * @param log receives a message for the operator if the container withholds something that this library needs
     */
    public StreamTransport(
            WebConnection connection,
            InetSocketAddress local,
            InetSocketAddress remote,
            BufferPool pool,
            Consumer<String> log)
            throws IOException {
        ServletInputStream in = connection.getInputStream();
        this.socket = Containers.socketOf(connection, in, log);
        this.pause = socket.pause();
        this.output = new StreamOutput(connection.getOutputStream(), socket.writesFromSharedArrays(), pool);
        this.input = new StreamInput(in, socket, pause, pool, this::failed);
        this.writer = new StreamWriter(output, pause, this::failed);
        this.local = local;
        this.remote = remote;
    }

    /** Starts listening. The container's thread calls this before any other method is used. */
    public void start() throws IOException {
        output.onWritePossible(writer);
        socket.sendHandshake(output);
        input.start();
    }

    /** Called when the container's stream has failed. */
    private void failed(Throwable error) {
        IOException why =
                error instanceof IOException io ? io : new IOException("the container's stream failed", error);
        failed = true;
        try {
            writer.end(why);
            pause.close();
            input.end(why);
            writer.failStarted();
        } finally {
            socket.streamFailed(); // last: it may make the streams fail once more, for another reason
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
    public void onWritten(Completion completion, Executor blockingExecutor) {
        writer.onWritten(completion, blockingExecutor);
    }

    @Override
    public void onEvents(Events events, Executor blockingExecutor) {
        writer.onWritten(events, blockingExecutor);
        input.onEvents(events, blockingExecutor);
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

    /** The Servlet API has no half-closed connections. */
    @Override
    public boolean shutdownOutput() {
        return false;
    }

    /**
     * Closes, because the container has closed the connection. If its stream has failed before, what had arrived until
     * then can still be read.
     */
    public void closedByContainer() {
        if (!failed) {
            close();
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            writer.end(new AsynchronousCloseException());
            pause.close();
            input.close();
        } finally {
            try {
                closeSocket();
            } finally {
                input.notifyClosed();
                writer.failStarted();
            }
        }
    }

    private void closeSocket() {
        try {
            socket.close();
        } catch (Exception e) {
            // The connection is closed for us either way. The container cleans up the rest.
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
