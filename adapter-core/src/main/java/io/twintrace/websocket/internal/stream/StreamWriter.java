package io.twintrace.websocket.internal.stream;

import io.twintrace.websocket.internal.io.Gate;
import io.twintrace.websocket.internal.io.PushTransport.Events;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Writes to a container's stream. The container's thread continues a write that the socket did not take at once. */
final class StreamWriter implements WriteListener {
    private final StreamOutput output;
    private final Pause pause;
    private final Consumer<Throwable> failed;
    private final Gate writable = new Gate("for the peer to read");

    private volatile boolean closed;

    /** Null until {@link #tell}, which sets this after the executor. */
    private volatile Events events;

    private Executor blockingExecutor;

    /** The buffer of {@link #start}, or null once it is written. */
    private volatile ByteBuffer started;

    /** How many signals to write that buffer have arrived since a thread began to write it. */
    private final AtomicInteger writeSignals = new AtomicInteger();

    /**
     * @param pause learns that a writer waits for the container's thread
     * @param failed called when the stream has failed
     */
    StreamWriter(StreamOutput output, Pause pause, Consumer<Throwable> failed) {
        this.output = output;
        this.pause = pause;
        this.failed = failed;
    }

    // ---- The container's thread -----------------------------------------------------------------------------------

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
        failed.accept(error);
    }

    // ---- A writer that waits --------------------------------------------------------------------------------------

    /** As {@link io.twintrace.websocket.internal.io.Transport#write}. */
    void write(ByteBuffer[] buffers) throws IOException {
        for (ByteBuffer buffer : buffers) {
            while (!output.write(buffer)) {
                awaitReady();
            }
        }
        awaitReady();
        output.flush();
        awaitReady(); // the operating system has everything only now
    }

    private void awaitReady() throws IOException {
        while (!output.isReady()) {
            pause.writerWaits();
            try {
                writable.await();
            } finally {
                pause.writerGoesOn();
            }
        }
    }

    /** As {@link io.twintrace.websocket.internal.io.Transport#writeDeadline}. */
    void deadline(long deadline) {
        writable.deadline(deadline);
    }

    // ---- For a listener -------------------------------------------------------------------------------------------

    /** As {@link io.twintrace.websocket.internal.io.PushTransport#tell}. */
    void tell(Events newEvents, Executor newBlockingExecutor) {
        blockingExecutor = newBlockingExecutor;
        events = newEvents;
    }

    /** As {@link io.twintrace.websocket.internal.io.PushTransport#tryWrite}. */
    boolean tryWrite(ByteBuffer[] buffers) throws IOException {
        if (closed) { // the container would only report, for ever, that it is not ready
            throw new AsynchronousCloseException();
        }
        for (ByteBuffer buffer : buffers) {
            if (!output.write(buffer)) {
                return false;
            }
        }
        return flushIfReady();
    }

    /** Returns whether the operating system has everything. */
    private boolean flushIfReady() throws IOException {
        if (!output.isReady()) {
            return false;
        }
        output.flush();
        return output.isReady();
    }

    /** As {@link io.twintrace.websocket.internal.io.PushTransport#startWrite}. */
    boolean start(ByteBuffer buffer) throws IOException {
        pause.writerWaits();
        started = buffer;
        if (writeSignals.getAndIncrement() != 0) {
            return false; // the container's thread is writing
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

    /** Writes the rest, on the container's thread. */
    private void writeIsPossible() {
        if (writeSignals.getAndIncrement() != 0) {
            return; // the writing thread checks again
        }
        int answered = 1;
        do {
            try {
                notifyIfWritten();
            } finally {
                answered = writeSignals.addAndGet(-answered);
            }
        } while (answered != 0);
    }

    private void notifyIfWritten() {
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
        pause.writerGoesOn();
        return true;
    }

    // ---- Any thread -----------------------------------------------------------------------------------------------

    /** Releases a waiting writer. */
    void release() {
        writable.close();
    }

    /** Reports that the buffer of {@link #start} will not be written. */
    void failStarted(IOException why) {
        if (started != null) {
            started = null;
            pause.writerGoesOn();
            blockingExecutor.execute(() -> events.written(why));
        }
    }

    /** Ends writing and releases a waiting writer. */
    void close() {
        closed = true;
        writable.close();
    }
}
