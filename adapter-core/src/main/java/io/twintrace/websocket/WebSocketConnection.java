package io.twintrace.websocket;

import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.handshake.HandshakeRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One WebSocket connection on the server's side (RFC 6455): what a {@link WebSocketListener} gets, and every thread that
 * sends. A {@link WebSocketHandler} gets a {@link BlockingConnection}, which it can read as well.
 *
 * <p><b>Threads.</b> One thread at a time may write. Each write method is guarded: when a second thread comes while one
 * is inside, <em>both</em> get a {@link ConcurrentWriteException} that holds both stack traces, the pair is logged, and
 * the connection is closed with 1011. The exceptions to the rule, which any thread may call at any time, are
 * {@link #outbox()}, {@link #writeControl}, {@link #flush()}, {@link #close()}, {@link #abort()}, the settings for
 * reading and the methods that only look.
 *
 * <p><b>Waiting.</b> A write waits until the operating system has the message. Inside the calls of a listener nothing
 * waits: the connection keeps the bytes that the peer does not take at once, as {@link WebSocketListener} describes.
 *
 * <p>An interrupt ends a wait with an {@link java.io.InterruptedIOException} and breaks the connection for good: an
 * interrupted write may have sent part of a frame.
 *
 * <p>Deadlines are points of the wall clock, read when they are set; null means none.
 *
 * <p>The library implements this interface. An application may implement it for its own tests, as
 * {@code docs/getting-started.md} shows.
 */
public interface WebSocketConnection extends AutoCloseable {

    // ---- What it is -----------------------------------------------------------------------------------------------

    /**
     * {@return the name of this connection in reports and logs} It has a number, unique for each copy of the library,
     * and the path.
     */
    String name();

    /** {@return the request that opened the connection: path, query, headers, user} */
    HandshakeRequest request();

    /** {@return the subprotocol that was agreed on; empty where there is none} */
    Optional<String> subprotocol();

    /** {@return what was agreed on about compressing messages; empty where they are not compressed} */
    Optional<DeflateParameters> deflate();

    /** {@return how many bytes of messages went in and out so far, with and without compression} */
    ByteCounts byteCounts();

    /** {@return this side's address, where the container tells it} */
    Optional<InetSocketAddress> localAddress();

    /** {@return the peer's address, or that of the proxy in between, where the container tells it} */
    Optional<InetSocketAddress> remoteAddress();

    /** {@return room for what the application wants to remember along with the connection} Safe for any thread. */
    ConcurrentMap<String, Object> attributes();

    /** {@return the peer's Close frame; empty until it has come} */
    Optional<CloseStatus> peerCloseStatus();

    /** {@return whether both directions are still in use: false once either side has begun to close, or has failed} */
    boolean isOpen();

    // ---- Settings for reading: any thread -------------------------------------------------------------------------

    /**
     * Sets the time by which the next message must have arrived whole. A read that passes it fails, and so do all later
     * ones. Also applies to a read that is waiting.
     *
     * @param deadline null for none
     */
    void setReadDeadline(Instant deadline);

    /**
     * Sets the most bytes of one message, over all its fragments and after inflating; 0 for no limit. Also applies to
     * the message that is being read.
     *
     * @param bytes 0 for no limit
     * @throws IllegalArgumentException for a negative number
     */
    void setReadLimit(long bytes);

    /**
     * Replaces what is done at a Ping.
     *
     * @param handler null for the default, which answers with a Pong
     */
    void setPingHandler(ControlHandler handler);

    /**
     * Replaces what is done at a Pong.
     *
     * @param handler null for the default, which does nothing
     */
    void setPongHandler(ControlHandler handler);

    /**
     * Sets the handler that is told of the peer's Close before it is answered.
     *
     * @param handler null for none
     */
    void setCloseHandler(CloseHandler handler);

    // ---- Writing: one thread at a time, guarded by the detector ---------------------------------------------------

    /**
     * Sends a text message, as {@link #writeMessage(MessageType, byte[])} does.
     *
     * @param text unpaired surrogates are sent as question marks
     * @throws IOException as {@link #writeMessage(MessageType, byte[])}, and the rest of what it throws
     */
    void writeMessage(String text) throws IOException;

    /**
     * Sends one message, as one frame unless it is compressed, and returns when the operating system has it, or when it
     * was put aside for a moment, as {@link #flush()} says.
     *
     * @param type text or binary
     * @param payload not kept, and not changed
     * @throws ConcurrentWriteException when another thread writes too, or did so before
     * @throws IllegalStateException when this thread is inside another write on this connection
     * @throws IllegalArgumentException when the type is TEXT and the payload is not UTF-8; nothing is sent
     * @throws CloseSentException when a Close frame was sent
     * @throws PendingWritesException inside a call of a listener, when too much waits for the peer already
     * @throws java.net.SocketTimeoutException at the write deadline or timeout; the connection is then closed, since
     *     part of the frame may be out
     * @throws IOException when the connection is broken
     */
    default void writeMessage(MessageType type, byte[] payload) throws IOException {
        writeMessage(type, ByteBuffer.wrap(payload));
    }

    /**
     * {@link #writeMessage(MessageType, byte[])} of a buffer's remaining bytes.
     *
     * @param type text or binary
     * @param payload its position moves to its limit
     * @throws IOException as {@link #writeMessage(MessageType, byte[])}, and the rest of what it throws
     */
    void writeMessage(MessageType type, ByteBuffer payload) throws IOException;

    /**
     * Passes a message on as it is. Text is not checked again, so this is the quickest way to send one that has just
     * come, to this connection or another.
     *
     * @param message as a listener is shown it
     * @throws IOException as {@link #writeMessage(MessageType, byte[])}, and the rest of what it throws
     */
    void writeMessage(MessageView message) throws IOException;

    /**
     * Sends a value as a text message of JSON. Needs Gson. The value is serialised inside the guarded call, so a
     * serializer that writes to this connection gets an IllegalStateException.
     *
     * @param value what Gson can serialise
     * @throws IOException as {@link #writeMessage(MessageType, byte[])}, and the rest of what it throws
     */
    void writeJson(Object value) throws IOException;

    /**
     * Sends a message whose frame is built already.
     *
     * @param message any number of connections may send it
     * @throws IOException as {@link #writeMessage(MessageType, byte[])}, and the rest of what it throws
     */
    void writePrepared(PreparedMessage message) throws IOException;

    /**
     * Begins a message that is written piece by piece. If this thread has one open already, that one is completed
     * first. If another thread has, this is a conflict, since it would cut that message in half.
     *
     * @param type text or binary
     * @return the writer of the message; close it to complete the message
     * @throws IOException as {@link #writeMessage(MessageType, byte[])}, and the rest of what it throws
     */
    MessageWriter nextWriter(MessageType type) throws IOException;

    /**
     * Sets the time by which writes must be done. Holds until it is set again. A write that passes it breaks the
     * connection for good.
     *
     * @param deadline null goes back to the write timeout of the options, counted for each frame
     */
    void setWriteDeadline(Instant deadline);

    /**
     * Sets whether messages are compressed from the next one on. Has no effect unless compression was negotiated.
     *
     * @param enable true at the beginning
     */
    void enableWriteCompression(boolean enable);

    /**
     * Sets how hard messages are compressed from the next one on. Has no effect unless compression was negotiated.
     *
     * @param level as in {@link DeflateOptions}: 1 to 9, -1 for zlib's default, -2 for
     *     Huffman coding only, 0 for none
     */
    void setCompressionLevel(int level);

    /**
     * Declares the rule by which the application's threads keep from writing at once. From now on every write against it
     * fails at once, whether it overlaps another one or not, as a concurrent write does. Replaces what was declared
     * before, which the calling thread has to keep for that. Nobody can replace it once the {@linkplain #outbox() outbox}
     * has written.
     *
     * @param discipline the new rule; {@link WriteDiscipline#none()} takes the old one away
     */
    void declareWriteDiscipline(WriteDiscipline discipline);

    // ---- Any thread, at any time ----------------------------------------------------------------------------------

    /**
     * Sends the messages that were put aside to leave together with more: small ones that a {@link WebSocketListener} writes, and
     * those that a handler writes before it has read all that has arrived ({@link WebSocketOptions#writeCoalescing()}).
     * Without this call they leave when the listener's call ends, when the handler has read everything, or after about
     * two milliseconds. Waits for the peer like a write. What goes wrong shows at the next write.
     */
    void flush();

    /**
     * {@return a lock for an application whose threads take turns at writing} It is always the same for this
     * connection, and the library never takes it. {@code WriteDiscipline.guardedBy(connection.writeLock())}, or the
     * init-param {@code write-discipline} with the value {@code connection-lock}, has every write fail that does not
     * hold it.
     */
    ReentrantLock writeLock();

    /**
     * {@return the queue that any thread may offer messages to, and that one writer empties; always the same} From the
     * first offer on all writing is left to it: a direct write fails as one against the declared discipline.
     */
    Outbox outbox();

    /**
     * Sets the listener that is told of a conflict on this connection, after the log.
     *
     * @param listener null for none
     */
    void setConcurrentWriteListener(ConcurrentWriteListener listener);

    /**
     * Sends a control frame, between the frames of a message if need be. Does not enter the detector's guard.
     *
     * @param type the kind of frame
     * @param payload at most 125 bytes; for CLOSE, as {@link CloseStatus#payload()} makes it
     * @param deadline null for the write timeout of the options
     * @throws java.net.SocketTimeoutException at the deadline; harmless when it passed before the frame's turn came
     * @throws CloseSentException after a Close frame
     * @throws IllegalArgumentException for a payload that such a frame cannot have
     * @throws IOException when the connection is broken
     */
    void writeControl(ControlType type, byte[] payload, Instant deadline) throws IOException;

    /**
     * {@link #close(int, String)} with 1000, once the {@linkplain #outbox() outbox} has written what it was offered,
     * for which it has the close timeout as well.
     */
    @Override
    void close();

    /**
     * Closes the connection with the closing handshake: sends a Close frame behind the frame in flight, waits for the
     * peer's, and closes the TCP connection, all within the close timeout. A thread that is reading sees the end; if none
     * is, what the peer still sends is dropped. Has no effect once closed. Inside a call of
     * a {@link WebSocketListener} it only begins to close, and {@code onClose} tells of the end.
     *
     * @param code 1000 to 1003, 1007 to 1014 or 3000 to 4999
     * @param reason cut at 123 bytes of UTF-8
     */
    void close(int code, String reason);

    /**
     * The first half of {@link #close(int, String)}: sends the Close frame, and returns without waiting for the peer's.
     * The thread that reads then sees the end within the close timeout.
     *
     * @param code as in {@link #close(int, String)}
     * @param reason cut at 123 bytes of UTF-8
     */
    void beginClose(int code, String reason);

    /** Closes the TCP connection at once, without a Close frame; threads waiting here fail. */
    void abort();
}
