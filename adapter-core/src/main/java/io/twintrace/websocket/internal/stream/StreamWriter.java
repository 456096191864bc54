package io.twintrace.websocket.internal.stream;

import io.twintrace.websocket.internal.io.Transport.Completion;
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

    /** Why nothing more can be written; null while something can. */
    private volatile IOException failure;

    // Set by onWritten.
    private volatile Completion completion;
    private volatile Executor blockingExecutor;

    /** The buffer of {@link #start}, or null once it is written. */
    private volatile ByteBuffer started;

    /** How many signals to write that buffer have arrived since a thread began to write it. */
    private final AtomicInteger writeSignals = new AtomicInteger();

    /**
     * @param pause learns that a write waits for the container's thread
     * @param failed called when the stream has failed
     */
    StreamWriter(StreamOutput output, Pause pause, Consumer<Throwable> failed) {
        this.output = output;
        this.pause = pause;
        this.failed = failed;
    }

    /** As {@link io.twintrace.websocket.internal.io.Transport#onWritten}. */
    void onWritten(Completion newCompletion, Executor newBlockingExecutor) {
        completion = newCompletion;
        blockingExecutor = newBlockingExecutor;
    }

    // ---- The container's thread -----------------------------------------------------------------------------------

    /** Writes the rest. */
    @Override
    public void onWritePossible() {
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
        IOException cause = null;
        boolean done = false;
        try {
            done = writeStarted();
        } catch (IOException e) {
            cause = e;
        } catch (Throwable e) { // no memory
            cause = new IOException("the container's stream failed", e);
        }
        if (done || cause != null) {
            completion.written(cause); // may start the next
        }
    }

    @Override
    public void onError(Throwable error) {
        failed.accept(error);
    }

    // ---- The writing thread ---------------------------------------------------------------------------------------

    /** As {@link io.twintrace.websocket.internal.io.Transport#tryWrite}. */
    boolean tryWrite(ByteBuffer[] buffers) throws IOException {
        IOException why = failure;
        if (why != null) { // the container would only report, for ever, that it is not ready
            throw why instanceof AsynchronousCloseException
                    ? why
                    : new IOException("the container's stream failed", why);
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

    /** As {@link io.twintrace.websocket.internal.io.Transport#startWrite}. */
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

    /** Ends writing. */
    void end(IOException why) {
        if (failure == null) {
            failure = why;
        }
    }

    /** Reports after {@link #end} that the buffer of {@link #start}, if there is one, will not be written. */
    void failStarted() {
        IOException why = failure;
        if (started != null) {
            started = null;
            pause.writerGoesOn();
            blockingExecutor.execute(() -> completion.written(why));
        }
    }
}
