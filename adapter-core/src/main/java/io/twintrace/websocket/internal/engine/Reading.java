package io.twintrace.websocket.internal.engine;

/** The reading half of a connection, whether a thread reads from it or it calls a listener. */
interface Reading {
    /** Moves the application's deadline. Any thread may call this. */
    void readDeadline(long deadline);

    /** Changes the maximum size of a message, also of the one being read, from its next piece on. Any thread may call this. */
    void readLimit(long bytes);

    /** Returns the object that holds the handlers of control frames. Any thread may call this. */
    ControlFrameHandlers control();

    /** Waits until the peer has closed or nothing more will come. Returns false if the close timeout came first. */
    boolean awaitClose() throws InterruptedException;

    /**
     * Returns whether this closes the TCP connection once a Close frame was requested. If not, the caller must close
     * it.
     */
    boolean endsByItself();

    /** Gives back everything that is held, once the transport is closed. */
    void release();
}
