package io.twintrace.websocket.benchmarks.endtoend.server;

/** A server under test. {@code /echo} echoes, {@code /broadcast} sends each message to all its connections. */
interface TestServer {
    /** Long enough that no server ends a connection that a benchmark keeps idle. */
    int IDLE_MINUTES = 30;

    /** How many connections may wait to be accepted: more than the load generator opens at a time. */
    int ACCEPT_QUEUE = 1024;

    /**
     * The compression level of the peers. The default is 1, as in Twintrace. Set {@code -Dpeers-deflate-level=6} in
     * {@code --server-jvm} to get the peers' own default.
     */
    int PEERS_DEFLATE_LEVEL = Integer.getInteger("peers-deflate-level", 1);

    /**
     * Starts the server on a free port of the loopback interface.
     *
     * @param messageLimit the maximum bytes of a message
     * @return the port
     */
    int start(int messageLimit) throws Exception;

    /** Returns the bytes of memory outside the heap that the virtual machine's own counters leave out. */
    default long uncountedBytes() {
        return 0;
    }
}
