package io.twintrace.websocket.internal.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;

/**
 * A transport that calls back when it can read or has written, so that no thread has to wait. {@link #read} and
 * {@link #tryWrite} return at once.
 */
public interface PushTransport extends Transport {
    /** Receives the calls of a transport. */
    interface Events {
        /** Whether {@link #readable} may block. If so, no thread that serves others may call it. */
        boolean mayBlock();

        /** There is input, the end of the stream or a failure. Called once for each {@link #awaitInput}. */
        void readable();

        /**
         * The operating system has the buffer of {@link #startWrite}. Like {@link #readable}, this runs the work that
         * waited for it, but it never blocks: it leaves blocking work to another thread.
         *
         * @param failure why the write failed, or null
         */
        void written(IOException failure);
    }

    /**
     * Sets the receiver of events. Call this once, before any other method but {@link #close}.
     *
     * @param blockingExecutor runs a task on a thread that may block, for work that the current thread must not do
     */
    void tell(Events events, Executor blockingExecutor);

    /** Asks for one call of {@link Events#readable}, never made from within this method. Ask again only after it. */
    void awaitInput();

    @Override
    boolean tryWrite(ByteBuffer[] buffers) throws IOException;

    /**
     * Writes the whole buffer, after any bytes that {@link #tryWrite} accepted and the operating system has not yet
     * taken. Only one such write may be in progress.
     *
     * @return true if the write is done; else the transport owns the buffer until it calls {@link Events#written},
     *     later or on another thread
     */
    boolean startWrite(ByteBuffer buffer) throws IOException;
}
