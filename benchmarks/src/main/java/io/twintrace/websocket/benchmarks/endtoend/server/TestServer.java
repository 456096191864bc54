package io.twintrace.websocket.benchmarks.endtoend.server;

/**
 * A server under test: {@code /echo}, and {@code /broadcast}, which sends each message to all who are connected to it.
 */
interface TestServer {
    /** Long enough that no server ends a connection that a benchmark holds idle. */
    int IDLE_MINUTES = 30;

    /** So many connections may wait to be accepted: more than the load generator opens at a time. */
    int ACCEPT_QUEUE = 1024;

    /**
     * How hard the peers compress: 1, as Twintrace does by default, unless {@code --server-jvm} has
     * {@code -Dpeers-deflate-level=6} or so, which is what they do by themselves.
     */
    int PEERS_DEFLATE_LEVEL = Integer.getInteger("peers-deflate-level", 1);

    /**
     * Starts it on a free port of the loopback interface.
     *
     * @param messageLimit the most bytes of a message
     * @return the port
     */
    int start(int messageLimit) throws Exception;

    /** Bytes of memory outside the heap that the virtual machine's own counters leave out. */
    default long uncountedBytes() {
        return 0;
    }
}
