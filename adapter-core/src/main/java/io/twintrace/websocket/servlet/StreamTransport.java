package io.twintrace.websocket.servlet;

import io.twintrace.websocket.transport.BufferPool;
import io.twintrace.websocket.transport.Deadlines;
import io.twintrace.websocket.transport.Gate;
import io.twintrace.websocket.transport.PushTransport;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The transport over the non-blocking streams of an upgraded servlet connection. The streams' blocking mode has no
 * deadlines, and pins virtual threads in Tomcat.
 *
 * <p>Reading is done on the container's thread alone, which lays the bytes into {@link Inbox}: in Tomcat any other
 * thread would race with the container over the socket's buffer. Writing is done on the writer's own thread, which the
 * streams allow.
 */
final class StreamTransport implements PushTransport, ReadListener, WriteListener {
    /** How long the container's thread waits for room, at most, before it goes and serves others. */
    private static final long PAUSE_MILLIS = 50;

    /** So many times in a row the container may find the inbox full at no cost, before it is made to pause. */
    private static final int FREE_STALLS = 16;

    private final WebConnection connection;
    private final ServletInputStream in;
    private final StreamOutput output;

    /** Null in other containers. */
    private final TomcatSocket tomcat;

    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final BufferPool pool;
    private final Inbox inbox;
    private final Gate readable = new Gate("for the peer to send");
    private final Gate writable = new Gate("for the peer to read");
    private final Gate space = new Gate("for the application to read");

    private volatile boolean closed;
    private volatile boolean writerWaits;

    /** Whether the container's thread has gone although there was input. */
    private volatile boolean leftUnread;

    /** For the container's thread, which holds the socket's lock. */
    private int stalls;

    /** Null unless {@link #tell} was called; the last of the three that are. */
    private volatile Events events;

    private Executor elsewhere;
    private Executor whereInputIsTold;

    /** Whether the next input is to be told. */
    private final AtomicBoolean owesReadable = new AtomicBoolean();

    /** What {@link #startWrite} was given; null when it is written. */
    private volatile ByteBuffer started;

    /** How many reasons to go on with it have come since somebody began to. */
    private final AtomicInteger writeSignals = new AtomicInteger();

    /** @param pool of heap buffers */
    StreamTransport(WebConnection connection, InetSocketAddress local, InetSocketAddress remote, BufferPool pool)
            throws IOException {
        this.pool = pool;
        this.inbox = new Inbox(pool);
        this.connection = connection;
        this.in = connection.getInputStream();
        this.tomcat = TomcatSocket.of(in);
        this.output = new StreamOutput(connection.getOutputStream(), tomcat != null, pool);
        this.local = local;
        this.remote = remote;
    }

    /** Begins to listen; on the container's thread, before anybody else uses this. */
    void start() {
        output.tell(this);
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
            if (!readPiece()) {
                break;
            }
            hasInput();
        }
        if (in.isFinished()) {
            onAllDataRead();
        }
    }

    /** False at the end of the stream. */
    private boolean readPiece() throws IOException {
        ByteBuffer piece = pool.acquire();
        int n = -1;
        try {
            n = in.read(piece.array(), piece.arrayOffset(), piece.capacity());
        } finally {
            if (n < 0) {
                pool.release(piece);
            }
        }
        if (n < 0) {
            return false;
        }
        inbox.put(piece.limit(n));
        return true;
    }

    /**
     * Waits for the application to empty the inbox: not reading is how a fast peer is slowed down. In Tomcat only a
     * little, since it has few threads, and this one holds the socket's lock, which a writer may be waiting for. Then
     * it leaves. Tomcat sends it back at once when more has arrived, and the pause keeps that from spinning; else the
     * reader calls it.
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
        hasInput();
    }

    @Override
    public void onWritePossible() {
        if (events != null) {
            writeIsPossible();
        } else {
            writable.open();
        }
    }

    @Override
    public void onError(Throwable error) {
        IOException why =
                error instanceof IOException io ? io : new IOException("the container's stream failed", error);
        inbox.end(why);
        writable.close();
        space.close();
        if (events == null) {
            readable.open();
            return;
        }
        tellOfInput(
                elsewhere); // not here: the container calls this within a failing write, with whatever locks that holds
        failStarted(why);
    }

    /** What the transport was given to write will not be written. */
    private void failStarted(IOException why) {
        if (started != null) {
            started = null;
            writerWaits = false;
            elsewhere.execute(() -> events.written(why));
        }
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
        for (ByteBuffer buffer : buffers) {
            while (!output.write(buffer)) {
                awaitReady();
            }
        }
        awaitReady();
        output.flush();
        awaitReady(); // only then has the operating system all of it
    }

    private void awaitReady() throws IOException {
        while (!output.isReady()) {
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

    // ---- For a listener -------------------------------------------------------------------------------------------

    @Override
    public void tell(Events newEvents, Executor newElsewhere) {
        elsewhere = newElsewhere;
        whereInputIsTold = newEvents.mayBlock() ? newElsewhere : Runnable::run;
        events = newEvents;
    }

    @Override
    public void awaitInput() {
        owesReadable.set(true);
        if (!inbox.isEmpty() || closed) {
            tellOfInput(elsewhere);
        }
    }

    private void hasInput() {
        if (events == null) {
            readable.open();
        } else {
            tellOfInput(whereInputIsTold); // there since events are
        }
    }

    private void tellOfInput(Executor where) {
        if (owesReadable.compareAndSet(true, false)) {
            where.execute(events::readable);
        }
    }

    @Override
    public boolean tryWrite(ByteBuffer[] buffers) throws IOException {
        if (closed) { // the container would only say that it is not ready, for ever
            throw new AsynchronousCloseException();
        }
        for (ByteBuffer buffer : buffers) {
            if (!output.write(buffer)) {
                return false;
            }
        }
        return flushIfReady();
    }

    /** Whether the operating system has everything. */
    private boolean flushIfReady() throws IOException {
        if (!output.isReady()) {
            return false;
        }
        output.flush();
        return output.isReady();
    }

    @Override
    public boolean startWrite(ByteBuffer buffer) throws IOException {
        writerWaits = true; // so that the container's thread does not hold the lock that the write event needs
        space.open();
        started = buffer;
        if (writeSignals.getAndIncrement() != 0) {
            return false; // the container's thread is at it
        }
        boolean done = false;
        int answered = 1;
        do {
            try {
                done |= writeStarted();
            } finally {
                answered = writeSignals.addAndGet(-answered);
            }
        } while (answered != 0);
        return done;
    }

    /** On the container's thread. */
    private void writeIsPossible() {
        if (writeSignals.getAndIncrement() != 0) {
            return; // whoever is at it looks again
        }
        int answered = 1;
        do {
            try {
                tellIfWritten();
            } finally {
                answered = writeSignals.addAndGet(-answered);
            }
        } while (answered != 0);
    }

    private void tellIfWritten() {
        IOException failure = null;
        boolean done = false;
        try {
            done = writeStarted();
        } catch (IOException e) {
            failure = e;
        }
        if (done || failure != null) {
            events.written(failure); // may start the next
        }
    }

    private boolean writeStarted() throws IOException {
        ByteBuffer current = started;
        if (current == null || !tryWrite(new ByteBuffer[] {current})) {
            return false; // the container will call onWritePossible
        }
        started = null;
        writerWaits = false;
        return true;
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
        try {
            readable.close();
            writable.close();
            space.close();
            inbox.clear();
        } finally {
            closeSocket();
        }
        if (events != null) {
            tellOfInput(elsewhere); // reading then tells the reader what is wrong
            failStarted(new AsynchronousCloseException());
        }
    }

    private void closeSocket() {
        try {
            connection.close();
        } catch (Exception e) {
            // It is closed for us either way; the container settles the rest.
        } finally {
            if (tomcat != null) {
                tomcat.processClose();
            }
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
