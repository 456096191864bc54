package io.twintrace.websocket.internal.io;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;

/**
 * A connected pair of byte streams: all that the WebSocket engine needs of a container's socket. Reading may wait until a
 * deadline; writing never waits. {@code internal.stream.StreamTransport} uses a container's streams, {@code
 * EndPointTransport} in adapter-jetty Jetty's endpoint.
 *
 * <p>One thread at a time reads and one at a time writes. They may be different threads, and both may be virtual. Any
 * thread may set the deadline (see {@link Deadlines}) or call {@link #close()} at any time. Both affect a call that is
 * already waiting.
 */
public interface Transport {
    /** Receives the end of each write that goes on by itself. */
    interface Completion {
        /**
         * The operating system has the buffer of {@link #startWrite}. This runs the work that waited for it, but it never
         * blocks: it leaves blocking work to another thread.
         *
         * @param failure why the write failed, or null
         */
        void written(IOException failure);
    }

    /**
     * Sets the receiver of completions. Call this once, before the first write.
     *
     * @param blockingExecutor runs a task on a thread that may block, for work that the current thread must not do
     */
    void onWritten(Completion completion, Executor blockingExecutor);

    /**
     * Sets the buffers for input that this reads before anybody asks for it, and then lends, if it does so. Call this
     * once, before the first read.
     */
    default void readsAheadInto(InputBuffers buffers) {
        // Reads when asked by default.
    }

    /**
     * Reads the bytes that are there, without blocking.
     *
     * @return how many bytes were appended at the buffer's position; 0 if there are none now; -1 at the end of stream
     */
    int read(ByteBuffer into) throws IOException;

    /** Returns whether one read may bring more than 16 KiB, as a TLS record cannot. */
    default boolean mayBringMuch() {
        return false;
    }

    /**
     * Returns false if {@link #read} would return 0 at the moment, and true if only reading can tell. Saves the caller
     * a buffer that would stay empty. Only the reading thread calls this.
     */
    default boolean mayHaveInput() {
        return true;
    }

    /**
     * Lends the next bytes, if the transport holds them in a big-endian buffer of its own, so that nobody has to copy
     * them. They lie between the buffer's position and limit. The borrower moves the position and writes nothing. It
     * returns the buffer with {@link #takeBack} before it borrows or reads again; bytes that are left in it then are
     * lost. Only the reading thread calls this.
     *
     * @return null if there is nothing to lend: after a close, or if the transport has no such buffers
     */
    default ByteBuffer lend() {
        return null;
    }

    /** Takes back the lent buffer. The borrower must not touch it afterwards. */
    default void takeBack() {
        // Nothing is lent by default.
    }

    /**
     * Waits until {@link #read} would return something other than 0. May return early.
     *
     * @throws java.net.SocketTimeoutException at the read deadline; no data is lost, and reading may go on
     */
    void awaitReadable() throws IOException;

    /**
     * Writes as much as possible without waiting, in one system call if possible.
     *
     * @return whether the operating system has everything. If not, the caller still owns the bytes after the buffers'
     *     positions, and {@link #startWrite} continues with them, even if there are none
     */
    boolean tryWrite(ByteBuffer[] buffers) throws IOException;

    /**
     * Writes the whole buffer, after any bytes that {@link #tryWrite} accepted and the operating system has not yet
     * taken. Only one such write may be in progress.
     *
     * @return true if the write is done; else the transport owns the buffer until it calls {@link Completion#written},
     *     later or on another thread
     */
    boolean startWrite(ByteBuffer buffer) throws IOException;

    /** Moves the read deadline, also for a thread that waits in {@link #awaitReadable()}. */
    void readDeadline(long deadline);

    /**
     * Tells the peer that no more data follows, and leaves the other direction open.
     *
     * @return false if this kind of transport cannot do so
     */
    boolean shutdownOutput();

    /**
     * Closes both directions at once. A thread that waits here gets an IOException, and a write in progress fails. A
     * second call has no effect.
     */
    void close();

    /** Returns the local address; unresolved or null if the container does not tell it. */
    InetSocketAddress localAddress();

    /** Returns the peer's address; unresolved or null if the container does not tell it. */
    InetSocketAddress remoteAddress();
}
