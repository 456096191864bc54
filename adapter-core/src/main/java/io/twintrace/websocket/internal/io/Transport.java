package io.twintrace.websocket.internal.io;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A connected pair of byte streams with deadlines: what the WebSocket engine needs of a container's socket.
 *
 * <p>One thread at a time reads and one at a time writes; they may be different ones, and both may be virtual threads.
 * Deadlines (see {@link Deadlines}) and {@link #close()} are for any thread at any time and take effect on a call that
 * is already waiting.
 */
public interface Transport {
    /**
     * Reads what is there, without blocking.
     *
     * @return how many bytes were appended at the buffer's position; 0 when none are there now; -1 at the end of stream
     */
    int read(ByteBuffer into) throws IOException;

    /**
     * Whether it is worth while to {@link #read}: false where that would return 0 at the moment, true where only
     * reading tells. Spares the caller a buffer that would stay empty. For the reading thread.
     */
    default boolean mayHaveInput() {
        return true;
    }

    /**
     * Lends what comes next where it lies already in a buffer of the transport's own, big-endian, from its position to
     * its limit, so that it need not be copied. The borrower moves the position and writes nothing, and returns the
     * buffer by {@link #takeBack} before it borrows or reads again; what is left in it then is lost. For the reading
     * thread.
     *
     * @return null where there is nothing to lend, as it is once closed and with transports that have no such buffers
     */
    default ByteBuffer lend() {
        return null;
    }

    /** Takes back what was lent, after which the borrower must not touch it. */
    default void takeBack() {
        // Nothing is lent by default.
    }

    /**
     * Waits until {@link #read} would return something else than 0. May return early.
     *
     * @throws java.net.SocketTimeoutException at the read deadline; nothing is lost, the stream may be read further
     */
    void awaitReadable() throws IOException;

    /**
     * Writes all of the buffers, in one system call where that can be had, and returns when they are handed to the
     * operating system. The buffers' positions end at their limits.
     *
     * @throws java.net.SocketTimeoutException at the write deadline; how much was written is then unknown
     */
    void write(ByteBuffer[] buffers) throws IOException;

    /**
     * Writes what can be written without waiting, all buffers in one system call where that can be had. What a handler
     * has put aside leaves this way before the handler waits for input, since a reader must not wait for a peer that
     * does not read.
     *
     * @return whether the operating system has everything; else the buffers' positions tell what is still the caller's,
     *     and {@link #write} goes on with that, even if it is nothing
     */
    default boolean tryWrite(ByteBuffer[] buffers) throws IOException {
        return false; // another thread then writes and waits, which takes longer
    }

    /** Moves the read deadline, also for a thread that is waiting in {@link #awaitReadable()}. */
    void readDeadline(long deadline);

    /** Moves the write deadline, also for a thread that is waiting in {@link #write}. */
    void writeDeadline(long deadline);

    /**
     * Tells the peer that nothing more will be written, and leaves the other direction open.
     *
     * @return false where this kind of transport cannot do so
     */
    boolean shutdownOutput();

    /** Closes both directions at once; threads waiting here get an IOException. May be called again. */
    void close();

    /** Where this side is bound; unresolved or null where the container does not say. */
    InetSocketAddress localAddress();

    /** Where the peer is; unresolved or null where the container does not say. */
    InetSocketAddress remoteAddress();
}
