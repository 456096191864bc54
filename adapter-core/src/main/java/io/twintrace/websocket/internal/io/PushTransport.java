package io.twintrace.websocket.internal.io;

import java.util.concurrent.Executor;

/** A transport that calls back when it can read, so that no thread has to wait for input. */
public interface PushTransport extends Transport {
    /** Receives the calls of a transport. */
    interface Events extends Completion {
        /** Whether {@link #readable} may block. If so, no thread that serves others may call it. */
        boolean mayBlock();

        /** There is input, the end of the stream or a failure. Called once for each {@link #awaitInput}. */
        void readable();
    }

    /**
     * Sets the receiver of all events, instead of {@link #onWritten}. Call this once, before any other method but
     * {@link #close}.
     *
     * @param blockingExecutor runs a task on a thread that may block, for work that the current thread must not do
     */
    void onEvents(Events events, Executor blockingExecutor);

    /** Asks for one call of {@link Events#readable}, never made from within this method. Ask again only after it. */
    void awaitInput();
}
