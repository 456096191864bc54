package io.twintrace.websocket.internal.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;

/**
 * A transport that tells when there is something to do, so that no thread has to wait. Reading and writing are done
 * with {@link #read} and {@link #tryWrite}, which return at once.
 */
public interface PushTransport extends Transport {
    /** What the transport tells. */
    interface Events {
        /** Whether {@link #readable} may block its thread, so that it must not be called by one that serves others. */
        boolean mayBlock();

        /** There is something to read, or the end, or a failure; told once for each {@link #awaitInput}. */
        void readable();

        /**
         * What {@link #startWrite} was given is with the operating system. Goes on with what waited for that, as
         * {@link #readable} does, but never blocks: what may block is left to another thread.
         *
         * @param failure why it is not; null where it is
         */
        void written(IOException failure);
    }

    /**
     * Whom to tell; called once, before anything else but {@link #close}.
     *
     * @param elsewhere runs a task on a thread that may be blocked, for what must not be done where it comes up
     */
    void tell(Events events, Executor elsewhere);

    /**
     * Asks for one call of {@link Events#readable}, which is not made from within here. Not to be called again before.
     */
    void awaitInput();

    @Override
    boolean tryWrite(ByteBuffer[] buffers) throws IOException;

    /**
     * Writes all of the buffer, and whatever {@link #tryWrite} has taken that the operating system has not. One at a
     * time.
     *
     * @return true if that is done already; else the buffer is the transport's until {@link Events#written} is called,
     *     by another thread or later
     */
    boolean startWrite(ByteBuffer buffer) throws IOException;
}
