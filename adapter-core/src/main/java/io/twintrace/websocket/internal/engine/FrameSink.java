package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.PendingWritesException;
import io.twintrace.websocket.internal.frame.Opcode;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where encoded frames go. All of this is called under the frame lock of {@link FrameWriter}, but for what says
 * otherwise.
 */
interface FrameSink {
    /** Refuses more messages when too much waits for the peer already. Any thread, without the lock. */
    void admit() throws PendingWritesException;

    /**
     * Where a frame may be put aside to leave together with others, if it need not leave at once.
     *
     * @param opcode what kind of frame
     * @param length of the whole frame in bytes, which may be more than an int holds
     * @return a buffer with room for so many bytes, empty if this is the first frame; null where the frame is to be
     *     written
     */
    ByteBuffer room(Opcode opcode, long length);

    /** The frame stands whole in the room that this gave. Without this call it is not sent. */
    void added();

    /**
     * Takes all of the buffers, which are the caller's again after that.
     *
     * @param deadline until when the operating system must have them
     */
    void write(ByteBuffer[] buffers, long deadline) throws IOException;

    /** Does something once all that was written is with the operating system; at once where it is already. */
    void whenWritten(Runnable action);

    /** Whether nothing is put aside. Any thread, without the lock: certain only for the one that has done it. */
    boolean isFlushed();

    /**
     * Sends what was put aside to leave together with more.
     *
     * @param deadline until when the operating system must have it
     */
    void flush(long deadline) throws IOException;

    /**
     * Sends what was put aside as far as that needs no waiting, or leaves the rest to the transport.
     *
     * @return false if a rest is still put aside, to be sent by {@link #flush} before anything else
     */
    boolean tryFlush() throws IOException;

    /** Whether what is put aside leaves without being asked to. */
    boolean flushesByItself();

    /**
     * Waits until all that was written is with the operating system, if the calling thread may wait. Without the lock.
     *
     * @param deadline until when
     */
    void awaitWritten(long deadline) throws IOException;

    /** Whether a frame written by the calling thread would not wait for the peer. Any thread, without the lock. */
    boolean isWaitless();

    /** A Close frame was asked for: from now on the close timeout rules. Any thread, without the lock. */
    void closingHasBegun();

    /**
     * Both Close frames have passed, or this side's, and nothing more will be read: the server is the one to close the
     * TCP connection (RFC 6455 section 7.1.1). With or without the lock.
     */
    void closingHasEnded();

    /** The transport has written what it was given to write by itself, or has failed to. */
    void writtenByTransport(IOException failure) throws IOException;

    /** Nothing more will be written; may be called again. */
    void broken(IOException why);
}
