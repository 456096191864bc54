package io.twintrace.websocket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Writes one message piece by piece; from {@link WebSocketConnection#nextWriter}. What does not fit in the buffer
 * leaves as a fragment (RFC 6455 section 5.4). {@link #close()} sends the last one: a message is not complete before
 * that.
 *
 * <p>Threads: as for all write methods of the connection, one at a time. A writer may be handed from thread to thread.
 * A pooled buffer is held while the writer is open; if the message is compressed, a second one and a deflater as well.
 */
public abstract class MessageWriter extends OutputStream {
    /** For the library, and for fakes of a connection. */
    protected MessageWriter() {}

    /** {@return the type of the message} */
    public abstract MessageType type();

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    /**
     * Appends bytes to the message.
     *
     * @throws IllegalArgumentException when this is a text message and the bytes cannot belong to UTF-8; they are then
     *     not part of it
     * @throws io.twintrace.websocket.detect.ConcurrentWriteException when another thread writes on this connection
     * @throws IOException as {@link WebSocketConnection#writeMessage(MessageType, byte[])}
     */
    @Override
    public abstract void write(byte[] bytes, int offset, int length) throws IOException;

    /**
     * Appends text as UTF-8.
     *
     * @param text may end inside a surrogate pair, which the next call completes
     * @throws IOException as {@link WebSocketConnection#writeMessage(MessageType, byte[])}
     */
    public abstract void write(CharSequence text) throws IOException;

    /**
     * Appends everything that {@code in} gives, to its end. The stream is not closed. Reading it is part of the guarded
     * call, so a second writer that comes meanwhile is a conflict.
     *
     * @param in read by the calling thread
     * @return how many bytes that were
     * @throws IOException when reading fails, or as {@link WebSocketConnection#writeMessage(MessageType, byte[])}
     */
    public abstract long transferFrom(InputStream in) throws IOException;

    /** Sends what is buffered as a fragment, so that the peer can see it before the message ends. */
    @Override
    public abstract void flush() throws IOException;

    /**
     * Completes the message. Does nothing when it is complete already, which it also is once the same thread has
     * started another message; any thread may then call this at any time.
     *
     * @throws IllegalArgumentException when this is a text message that ends inside a character
     */
    @Override
    public abstract void close() throws IOException;
}
