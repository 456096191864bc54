package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.frame.Opcode;
import java.io.IOException;

/** The reading half of a connection, whether a thread reads from it or it calls a listener. */
interface Reading extends KeepAlive.Connection {
    /** Moves the application's deadline. Any thread may call this. */
    void readDeadline(long deadline);

    /** Changes the maximum size of a message, also of the one being read, from its next piece on. Any thread may call this. */
    void readLimit(long bytes);

    /** Returns the object that holds the handlers of control frames. Any thread may call this. */
    ControlFrameHandlers control();

    /** Returns the deadlines of the connection. Any thread may call this. */
    ConnectionDeadlines deadlines();

    /** Waits until the peer has closed or nothing more will come. Returns false if the close timeout came first. */
    boolean awaitClose() throws InterruptedException;

    /**
     * Drops what has arrived up to the peer's Close frame, if no thread reads and this side has requested its own. Never
     * waits.
     *
     * @return false if the close timeout has passed without the peer's Close frame, and no thread reads
     */
    boolean dropToCloseNow();

    /**
     * Returns whether this closes the TCP connection once a Close frame was requested. If not, the caller must close
     * it.
     */
    boolean endsByItself();

    /** Gives back everything that is held, once the transport is closed. */
    void release();

    // ---- For keep-alive -------------------------------------------------------------------------------------------

    @Override
    default Timeouts timeouts() {
        return deadlines().timeouts();
    }

    @Override
    default boolean isClosing() {
        return deadlines().isClosing();
    }

    @Override
    default long lastSignOfLife() {
        return deadlines().lastSignOfLife();
    }

    @Override
    default void writeIfFree(Opcode opcode, byte[] payload) {
        control().writer().writeIfFree(opcode, payload);
    }

    @Override
    default boolean hasPending() {
        return deadlines().frames().pending().hasPending();
    }

    @Override
    default void breakOffIfStuck(long nanos, IOException why) {
        deadlines().frames().breakOffIfStuck(nanos, why);
    }

    @Override
    default long measuredSince(long sent) {
        return deadlines().measuredSince(sent);
    }
}
