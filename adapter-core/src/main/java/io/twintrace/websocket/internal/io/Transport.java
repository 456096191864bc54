package io.twintrace.websocket.internal.io;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A connected pair of byte streams with deadlines: all that the WebSocket engine needs of a container's socket.
 *
 * <p>One thread at a time reads and one at a time writes. They may be different threads, and both may be virtual. Any
 * thread may set a deadline (see {@link Deadlines}) or call {@link #close()} at any time. Both affect a call that is
 * already waiting.
 */
public interface Transport {
    /**
     * Reads the bytes that are there, without blocking.
     *
     * @return how many bytes were appended at the buffer's position; 0 if there are none now; -1 at the end of stream
     */
    int read(ByteBuffer into) throws IOException;

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
     * Writes all buffers, in one system call if possible. Returns once the operating system has them. Each buffer's
     * position is then at its limit.
     *
     * @throws java.net.SocketTimeoutException at the write deadline; how much was written is then unknown
     */
    void write(ByteBuffer[] buffers) throws IOException;

    /**
     * Writes as much as possible without waiting, in one system call if possible. The engine sends a handler's pending
     * writes this way before the handler waits for input, since a reader must not wait for a peer that does not read.
     *
     * @return whether the operating system has everything. If not, the caller still owns the bytes after the buffers'
     *     positions, and {@link #write} continues with them, even if there are none
     */
    default boolean tryWrite(ByteBuffer[] buffers) throws IOException {
        return false; // another thread then writes and waits, which is slower
    }

    /** Moves the read deadline, also for a thread that waits in {@link #awaitReadable()}. */
    void readDeadline(long deadline);

    /** Moves the write deadline, also for a thread that waits in {@link #write}. */
    void writeDeadline(long deadline);

    /**
     * Tells the peer that no more data follows, and leaves the other direction open.
     *
     * @return false if this kind of transport cannot do so
     */
    boolean shutdownOutput();

    /** Closes both directions at once. Threads that wait here get an IOException. A second call has no effect. */
    void close();

    /** Returns the local address; unresolved or null if the container does not tell it. */
    InetSocketAddress localAddress();

    /** Returns the peer's address; unresolved or null if the container does not tell it. */
    InetSocketAddress remoteAddress();
}
