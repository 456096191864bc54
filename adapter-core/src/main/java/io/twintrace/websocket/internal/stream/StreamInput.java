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
 * Reads a container's stream into the {@link Inbox}, from which the application takes. Where the inbox is full, the
 * container's thread leaves the rest unread and serves other connections: that is how a fast peer is slowed down. The
 * application has the stream read on once it has made room.
 */
final class StreamInput implements ReadListener {
    /** What one call reads at most where a thread of the container's serves many connections. */
    static final int MAX_TURN_BYTES = 64 * 1024;

    private final ServletInputStream in;
    private final ContainerSocket socket;
    private final Pause pause;
    private final BufferPool pool;
    private final Inbox inbox;
    private final Consumer<Throwable> failed;
    private final Gate readable = new Gate("for the peer to send");

    /** How many reasons to read have come since a thread began to. */
    private final AtomicInteger readSignals = new AtomicInteger();

    /** Whether the application has to resume the reading when it has made room. */
    private final AtomicBoolean paused = new AtomicBoolean();

    /** The thread that reads the stream. */
    private volatile Thread filler;

    private volatile boolean closed;

    /** Null unless {@link #tell} was called; the last of the three that are. */
    private volatile Events events;

    private Executor elsewhere;
    private Executor whereInputIsTold;

    /** Whether the next input is to be told. */
    private final AtomicBoolean owesReadable = new AtomicBoolean();

    /**
     * @param pool of heap buffers
     * @param failed told when the stream has failed
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

    /** Begins to listen; on the container's thread. */
    void start() {
        in.setReadListener(this);
    }

    // ---- The container's thread -----------------------------------------------------------------------------------

    /** One thread at a time reads: Undertow may call this while another one, which has read the last byte, is here. */
    @Override
    public void onDataAvailable() throws IOException {
        if (readSignals.getAndIncrement() != 0) {
            return; // the thread that reads looks again
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
                paused.set(true); // before the application can take this piece, so that it sees it then
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

    /** Null at the end of the stream. */
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
                    && socket.readsWithinResume()) { // a listener's; other connections come first
                elsewhere.execute(() -> socket.resumeReading(this::fillAgain));
            } else {
                socket.resumeReading(this::fillAgain);
            }
        } catch (RuntimeException | OutOfMemoryError e) { // also for want of a thread
            failed.accept(e);
        }
    }

    private void fillAgain() {
        try {
            onDataAvailable();
        } catch (Throwable t) {
            // The connection has been told.
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

    /** As {@link io.twintrace.websocket.internal.io.PushTransport#tell}. */
    void tell(Events newEvents, Executor newElsewhere) {
        elsewhere = newElsewhere;
        whereInputIsTold = newEvents.mayBlock() ? newElsewhere : Runnable::run;
        events = newEvents;
    }

    /** As {@link io.twintrace.websocket.internal.io.PushTransport#awaitInput}. */
    void awaitInput() {
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

    // ---- Any thread -----------------------------------------------------------------------------------------------

    /** Nothing more will come; the reader is told why. */
    void end(IOException why) {
        inbox.end(why);
        if (events == null) {
            readable.open();
        } else {
            tellOfInput(elsewhere); // not here: a container may tell within a failing write, with locks held
        }
    }

    /** Drops what is there, and lets the reader go. */
    void close() {
        closed = true;
        readable.close();
        inbox.clear();
    }

    /** Once all is closed: reading then tells a listener what is wrong. */
    void tellOfClose() {
        if (events != null) {
            tellOfInput(elsewhere);
        }
    }
}
