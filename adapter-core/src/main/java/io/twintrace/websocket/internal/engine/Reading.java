package io.twintrace.websocket.internal.engine;

/** The reading half of a connection, whether a thread reads from it or it calls a listener. */
interface Reading {
    /** Moves the application's deadline. For any thread. */
    void readDeadline(long deadline);

    /** From the next frame on. For any thread. */
    void readLimit(long bytes);

    /** Where the handlers of control frames are set. For any thread. */
    FrameReader frames();

    /** Waits until the peer has closed, or nothing more will come; false when the close timeout came first. */
    boolean awaitClose() throws InterruptedException;

    /** Whether the TCP connection is closed by this, once a Close frame was asked for; else by whoever asked. */
    boolean endsByItself();

    /** Gives back what is held, once the transport is closed. */
    void release();
}
