package io.twintrace.websocket.internal.stream;

import io.twintrace.websocket.internal.io.BufferPool;
import io.twintrace.websocket.internal.io.Gate;
import io.twintrace.websocket.internal.io.PushTransport.Events;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Reads a container's stream into the {@link Inbox}, from which the application takes. When the inbox is full, the
 * container's thread leaves the rest unread and serves other connections, which slows down a fast peer. The application
 * resumes reading once it has made room.
 */
final class StreamInput implements ReadListener {
    /** The maximum that one call reads if the container's thread serves many connections. */
    static final int MAX_TURN_BYTES = 64 * 1024;

    private final ServletInputStream in;
    private final ContainerSocket socket;
    private final Pause pause;
    private final BufferPool pool;
    private final Inbox inbox;
    private final Consumer<Throwable> failed;
    private final Gate readable = new Gate("for the peer to send");

    /** How many read signals have arrived since a thread began to read. */
    private final AtomicInteger readSignals = new AtomicInteger();

    /** Whether the application has to resume reading once it has made room. */
    private final AtomicBoolean paused = new AtomicBoolean();

    /** The thread that reads the stream. */
    private volatile Thread filler;

    /** Whether the reading thread reads what it has left unread before. Only that thread uses this. */
    private boolean resumed;

    private volatile boolean closed;

    /** Null until {@link #onEvents}, which sets this after the two executors. */
    private volatile Events events;

    private Executor blockingExecutor;
    private Executor readableExecutor;

    /** Whether the listener waits for a call of {@link Events#readable}. */
    private final AtomicBoolean readableWanted = new AtomicBoolean();

    /**
     * @param pool a pool of heap buffers
     * @param failed called when the stream has failed
     */
    StreamInput(
            ServletInputStream in, ContainerSocket socket, Pause pause, BufferPool pool, Consumer<Throwable> failed) {
        this.in = in;
        this.socket = socket;
        this.pause = pause;
        this.pool = pool;
        this.inbox = new Inbox(pool);
        this.failed = failed;
    }

    /** Starts listening. Only the container's thread calls this. */
    void start() {
        in.setReadListener(this);
    }

    // ---- The container's thread -----------------------------------------------------------------------------------

    /** Reads on one thread at a time. Undertow may call this while a thread that has read the last byte is here. */
    @Override
    public void onDataAvailable() throws IOException {
        if (readSignals.getAndIncrement() != 0) {
            return; // the reading thread checks again
        }
        int answered = 1;
        do {
            filler = Thread.currentThread();
            try {
                fill();
            } catch (Throwable t) { // for an Error, some containers do not call onError
                readSignals.set(0);
                failed.accept(t);
                throw t;
            } finally {
                filler = null;
            }
            answered = readSignals.addAndGet(-answered);
        } while (answered != 0);
    }

    private void fill() throws IOException {
        int left = socket.maxTurnBytes();
        while (!closed && in.isReady()) {
            if (!hasRoom()) {
                return;
            }
            pause.roomFound();
            ByteBuffer piece = readPiece();
            if (piece == null) {
                break;
            }
            left -= piece.remaining();
            if (left <= 0) {
                paused.set(true); // first, so that the application sees it when it takes this piece
            }
            inbox.put(piece);
            hasInput();
            if (left <= 0) {
                return;
            }
        }
        if (in.isFinished()) {
            onAllDataRead();
        }
    }

    /** Returns null at the end of the stream. */
    private ByteBuffer readPiece() throws IOException {
        ByteBuffer piece = pool.acquire();
        int n = -1;
        try {
            n = in.read(piece.array(), piece.arrayOffset(), piece.capacity());
        } finally {
            if (n < 0) {
                pool.release(piece);
            }
        }
        return n < 0 ? null : piece.limit(n);
    }

    private boolean hasRoom() throws IOException {
        while (inbox.isFull()) {
            if (!pause.awaitRoom(inbox)) {
                paused.set(true);
                if (inbox.isFull() || !paused.compareAndSet(true, false)) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public void onAllDataRead() {
        inbox.end(null);
        hasInput();
    }

    @Override
    public void onError(Throwable error) {
        failed.accept(error);
    }

    // ---- The reader -----------------------------------------------------------------------------------------------

    /** As {@link io.twintrace.websocket.internal.io.Transport#read}. */
    int read(ByteBuffer into) throws IOException {
        if (closed) {
            throw new AsynchronousCloseException();
        }
        int n = inbox.take(into);
        if (n > 0) {
            pause.roomMade();
            if (paused.get() && inbox.isHalfEmpty() && paused.compareAndSet(true, false)) {
                resume();
            }
        }
        return n;
    }

    private void resume() {
        try {
            if (filler == Thread.currentThread()
                    && socket.readsWithinResume()) { // a listener call; other connections come first
                blockingExecutor.execute(() -> socket.resumeReading(this::fillAgain));
            } else {
                socket.resumeReading(this::fillAgain);
            }
        } catch (RuntimeException | OutOfMemoryError e) { // or the system has no thread
            failed.accept(e);
        }
    }

    /**
     * Reads what was left unread. If this is a task of the container's thread, the listener is called elsewhere: while
     * it reads on, it would give that thread one such task after another, and Undertow runs all tasks of a thread before
     * it looks for other connections.
     */
    private void fillAgain() {
        resumed = !socket.readsWithinResume();
        try {
            onDataAvailable();
        } catch (Throwable t) {
            // onDataAvailable has reported it.
        } finally {
            resumed = false;
        }
    }

    /** As {@link io.twintrace.websocket.internal.io.Transport#awaitReadable}. */
    void awaitReadable() throws IOException {
        readable.await();
    }

    /** As {@link io.twintrace.websocket.internal.io.Transport#readDeadline}. */
    void deadline(long deadline) {
        readable.deadline(deadline);
    }

    // ---- For a listener -------------------------------------------------------------------------------------------

    /** As {@link io.twintrace.websocket.internal.io.PushTransport#onEvents}. */
    void onEvents(Events newEvents, Executor newBlockingExecutor) {
        blockingExecutor = newBlockingExecutor;
        readableExecutor = newEvents.mayBlock() ? newBlockingExecutor : Runnable::run;
        events = newEvents;
    }

    /** As {@link io.twintrace.websocket.internal.io.PushTransport#awaitInput}. */
    void awaitInput() {
        readableWanted.set(true);
        if (!inbox.isEmpty() || closed) {
            notifyReadable(blockingExecutor);
        }
    }

    private void hasInput() {
        if (events == null) {
            readable.open();
        } else {
            notifyReadable(resumed ? blockingExecutor : readableExecutor); // set before events
        }
    }

    private void notifyReadable(Executor where) {
        if (readableWanted.compareAndSet(true, false)) {
            where.execute(events::readable);
        }
    }

    // ---- Any thread -----------------------------------------------------------------------------------------------

    /** Ends the input and tells the reader why. */
    void end(IOException why) {
        inbox.end(why);
        if (events == null) {
            readable.open();
        } else {
            notifyReadable(blockingExecutor); // elsewhere: a container may fail a write with locks held
        }
    }

    /** Drops all input and releases the reader. */
    void close() {
        closed = true;
        readable.close();
        inbox.clear();
    }

    /** Notifies a listener after everything is closed. It then reads and so learns what is wrong. */
    void notifyClosed() {
        if (events != null) {
            notifyReadable(blockingExecutor);
        }
    }
}
