package io.twintrace.websocket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Writes one message piece by piece. {@link WebSocketConnection#nextWriter} returns one. Whenever its buffer is full,
 * the writer sends a fragment (RFC 6455 section 5.4). {@link #close()} sends the last fragment and completes the
 * message.
 *
 * <p>Only one thread at a time may use a writer, but you may pass it from thread to thread. An open writer holds a
 * pooled buffer. It also holds a second buffer and a deflater if the message is compressed.
 */
public abstract class MessageWriter extends OutputStream {
    /** For the library, and for fake connections in tests. */
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
     * @throws IllegalArgumentException when this is a text message and the bytes cannot be part of valid UTF-8; they
     *     are not appended
     * @throws io.twintrace.websocket.detect.ConcurrentWriteException when another thread writes on this connection
     * @throws IOException as {@link WebSocketConnection#writeMessage(MessageType, byte[])}
     */
    @Override
    public abstract void write(byte[] bytes, int offset, int length) throws IOException;

    /**
     * Appends text as UTF-8.
     *
     * @param text may end with a high surrogate; the next call then completes the pair
     * @throws IOException as {@link WebSocketConnection#writeMessage(MessageType, byte[])}
     */
    public abstract void write(CharSequence text) throws IOException;

    /**
     * Appends all bytes of {@code in} up to its end. Does not close the stream. Reading the stream is part of the
     * guarded call, so a write by another thread during that time is a conflict.
     *
     * @param in read by the calling thread
     * @return the number of bytes appended
     * @throws IOException when reading fails, or as {@link WebSocketConnection#writeMessage(MessageType, byte[])}
     */
    public abstract long transferFrom(InputStream in) throws IOException;

    /** Sends the buffered bytes as a fragment, so that the peer can see them before the message ends. */
    @Override
    public abstract void flush() throws IOException;

    /**
     * Completes the message. The message also completes when the same thread starts another one. Does nothing if the
     * message is already complete; any thread may then call it at any time.
     *
     * @throws IllegalArgumentException when this is a text message that ends inside a character
     */
    @Override
    public abstract void close() throws IOException;
}
