package io.twintrace.websocket.servlet;

import io.twintrace.websocket.transport.Deadlines;
import io.twintrace.websocket.transport.Gate;
import io.twintrace.websocket.transport.Transport;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.util.concurrent.TimeUnit;

/**
 * The transport over the non-blocking streams of an upgraded servlet connection. The streams' blocking mode has no
 * deadlines, and pins virtual threads in Tomcat.
 *
 * <p>Reading is done on the container's thread alone, which lays the bytes into {@link Inbox}: in Tomcat any other thread
 * would race with the container over the socket's buffer. Writing is done on the writer's own thread, which the streams
 * allow.
 */
final class StreamTransport implements Transport, ReadListener, WriteListener {
    private static final int CHUNK = 8 * 1024;

    /** How long the container's thread waits for room, at most, before it goes and serves others. */
    private static final long PAUSE_MILLIS = 50;

    /** So many times in a row the container may find the inbox full at no cost, before it is made to pause. */
    private static final int FREE_STALLS = 16;

    private final WebConnection connection;
    private final ServletInputStream in;
    private final ServletOutputStream out;

    /** Null in other containers. */
    private final TomcatSocket tomcat;

    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final Inbox inbox = new Inbox();
    private final Gate readable = new Gate("for the peer to send");
    private final Gate writable = new Gate("for the peer to read");
    private final Gate space = new Gate("for the application to read");

    private volatile boolean closed;
    private volatile boolean writerWaits;

    /** Whether the container's thread has gone although there was input. */
    private volatile boolean leftUnread;

    /** For the container's thread, which holds the socket's lock. */
    private int stalls;

    StreamTransport(WebConnection connection, InetSocketAddress local, InetSocketAddress remote) throws IOException {
        this.connection = connection;
        this.in = connection.getInputStream();
        this.out = connection.getOutputStream();
        this.tomcat = TomcatSocket.of(in);
        this.local = local;
        this.remote = remote;
    }

    /** Begins to listen; on the container's thread, before anybody else uses this. */
    void start() {
        out.setWriteListener(this);
        in.setReadListener(this);
    }

    // ---- The container's thread -----------------------------------------------------------------------------------

    @Override
    public void onDataAvailable() throws IOException {
        while (!closed && in.isReady()) {
            if (!hasSpace()) {
                return;
            }
            stalls = 0;
            byte[] piece = new byte[CHUNK];
            int n = in.read(piece, 0, piece.length);
            if (n < 0) {
                break;
            }
            inbox.put(piece, n);
            readable.open();
        }
        if (in.isFinished()) {
            onAllDataRead();
        }
    }

    /**
     * Waits for the application to empty the inbox: not reading is how a fast peer is slowed down. In Tomcat only a little,
     * since it has few threads, and this one holds the socket's lock, which a writer may be waiting for. Then it leaves.
     * Tomcat sends it back at once when more has arrived, and the pause keeps that from spinning; else the reader calls it.
     */
    private boolean hasSpace() throws IOException {
        while (inbox.isFull()) {
            if (tomcat == null) {
                space.await();
            } else if (!pauseForSpace()) {
                leftUnread = true;
                if (inbox.isFull()) {
                    return false;
                }
                leftUnread = false; // the reader was quicker, and has not seen that there is something left
            }
        }
        return true;
    }

    /** False when there is still no room. */
    private boolean pauseForSpace() throws IOException {
        long pause = PAUSE_MILLIS;
        if (writerWaits) {
            if (++stalls <= FREE_STALLS) {
                return false;
            }
            pause = Math.min(pause, stalls - FREE_STALLS); // longer only when the writer's peer does not read
        }
        try {
            space.deadline(Deadlines.afterNanos(TimeUnit.MILLISECONDS.toNanos(pause)));
            space.await();
        } catch (SocketTimeoutException e) {
            // Still full, or nearly so.
        }
        return !inbox.isFull();
    }

    @Override
    public void onAllDataRead() {
        inbox.end(null);
        readable.open();
    }

    @Override
    public void onWritePossible() {
        writable.open();
    }

    @Override
    public void onError(Throwable error) {
        inbox.end(error instanceof IOException io ? io : new IOException("the container's stream failed", error));
        readable.open();
        writable.close();
        space.close();
    }

    // ---- The reader -----------------------------------------------------------------------------------------------

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (closed) {
            throw new AsynchronousCloseException();
        }
        int n = inbox.take(into);
        if (n > 0) {
            space.open();
            if (leftUnread && !inbox.isFull()) {
                leftUnread = false;
                tomcat.processRead();
            }
        }
        return n;
    }

    @Override
    public void awaitReadable() throws IOException {
        readable.await();
    }

    @Override
    public void readDeadline(long deadline) {
        readable.deadline(deadline);
    }

    // ---- The writer -----------------------------------------------------------------------------------------------

    @Override
    public void write(ByteBuffer[] buffers) throws IOException {
        try {
            for (ByteBuffer buffer : buffers) {
                write(buffer);
            }
            awaitReady();
            out.flush();
            awaitReady(); // only then has the operating system all of it
        } catch (IllegalStateException e) {
            throw new IOException("the container has closed the stream", e);
        }
    }

    private void write(ByteBuffer buffer) throws IOException {
        byte[] copy = buffer.hasArray() ? null : new byte[Math.min(CHUNK, buffer.remaining())];
        while (buffer.hasRemaining()) {
            awaitReady();
            // In pieces: what the socket does not take the container would copy and keep, however much it is.
            int n = Math.min(CHUNK, buffer.remaining());
            if (copy == null) {
                out.write(buffer.array(), buffer.arrayOffset() + buffer.position(), n);
                buffer.position(buffer.position() + n);
            } else {
                buffer.get(copy, 0, n);
                out.write(copy, 0, n);
            }
        }
    }

    private void awaitReady() throws IOException {
        while (!out.isReady()) {
            writerWaits = true;
            space.open(); // the container's thread may hold the lock that the write event needs
            try {
                writable.await();
            } finally {
                writerWaits = false;
            }
        }
    }

    @Override
    public void writeDeadline(long deadline) {
        writable.deadline(deadline);
    }

    // ---- Any thread -----------------------------------------------------------------------------------------------

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
        readable.close();
        writable.close();
        space.close();
        inbox.clear();
        try {
            connection.close();
        } catch (Exception e) {
            // It is closed for us either way; the container settles the rest.
        }
        if (tomcat != null) {
            tomcat.processClose();
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
