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
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One WebSocket connection on the server side (RFC 6455). A {@link WebSocketListener} and all sending threads use this
 * interface. A {@link WebSocketHandler} gets a {@link BlockingConnection}, which it can also read.
 *
 * <p><b>Threads.</b> Only one thread at a time may write. The detector guards each write method. When a second thread
 * calls one while the first is inside, <em>both</em> threads get a {@link ConcurrentWriteException} with both stack
 * traces, the library logs the pair, and closes the connection with 1011. Any thread may call {@link #outbox()},
 * {@link #writeControl}, {@link #flush()}, {@link #close()}, {@link #abort()}, the settings for reading and the getters
 * at any time.
 *
 * <p><b>Waiting.</b> A write waits until the operating system has accepted the message. Inside a listener call no
 * write waits: the connection buffers the bytes that the peer does not accept at once (see {@link WebSocketListener}).
 *
 * <p>An interrupt ends a wait with an {@link java.io.InterruptedIOException}. In a read or in the write of a message it
 * also breaks the connection for good, because part of a frame may have been sent.
 *
 * <p>Deadlines are wall-clock times, read when they are set. Null means no deadline.
 *
 * <p>The library implements this interface. An application may implement it for its own tests, as
 * {@code docs/getting-started.md} shows.
 */
public interface WebSocketConnection extends AutoCloseable {

    // ---- Properties: any thread -----------------------------------------------------------------------------------

    /**
     * {@return the name of this connection in reports and logs} It has a number, unique for each copy of the library,
     * and the path.
     */
    String name();

    /** {@return the request that opened the connection: path, query, headers, user} */
    HandshakeRequest request();

    /** {@return the negotiated subprotocol; empty if there is none} */
    Optional<String> subprotocol();

    /** {@return the negotiated compression parameters; empty if messages are not compressed} */
    Optional<DeflateParameters> deflate();

    /** {@return the bytes of messages received and sent so far, with and without compression} */
    ByteCounts byteCounts();

    /**
     * {@return the time from the last Ping of keep-alive to its Pong; empty until one was measured, and if
     * {@link WebSocketOptions#pingInterval()} is zero} It is one measurement and not an average. It includes a
     * listener's call that was running when the Pong arrived. For a handler, only a Pong that the reading thread was
     * waiting for is measured.
     */
    Optional<Duration> roundTrip();

    /** {@return the address of this side, if the container provides it} */
    Optional<InetSocketAddress> localAddress();

    /** {@return the address of the peer or of the proxy in between, if the container provides it} */
    Optional<InetSocketAddress> remoteAddress();

    /** {@return a map in which the application can store its own data about the connection} Any thread may use it. */
    ConcurrentMap<String, Object> attributes();

    /** {@return the peer's Close frame; empty until it arrives} */
    Optional<CloseStatus> peerCloseStatus();

    /** {@return whether both directions are in use; false once either side has begun to close, or has failed} */
    boolean isOpen();

    // ---- Settings for reading: any thread -------------------------------------------------------------------------

    /**
     * Sets the time by which the next message must have arrived completely. A read that passes the deadline fails, and
     * so do all later reads. The deadline also applies to a read that is already waiting. Once this side has begun to
     * close, the close timeout counts instead.
     *
     * @param deadline null for none
     */
    void setReadDeadline(Instant deadline);

    /**
     * Sets the maximum size of one message in bytes, over all its fragments and after inflating. The limit also applies
     * to the message that is being read.
     *
     * @param bytes 0 for no limit
     * @throws IllegalArgumentException if the number is negative
     */
    void setReadLimit(long bytes);

    /**
     * Sets the handler for Pings (RFC 6455 section 5.5.2).
     *
     * @param handler null for the default, which answers with a Pong
     */
    void setPingHandler(ControlHandler handler);

    /**
     * Sets the handler for Pongs (RFC 6455 section 5.5.3). It does not see those that answer the Pings of keep-alive
     * ({@link WebSocketOptions#pingInterval()}).
     *
     * @param handler null for the default, which does nothing
     */
    void setPongHandler(ControlHandler handler);

    /**
     * Sets the handler that the library calls with the peer's Close frame, before it answers. A handler's reading thread
     * also calls it with 1006 if keep-alive has cut the peer off ({@link WebSocketOptions#pongTimeout()}).
     *
     * @param handler null for none
     */
    void setCloseHandler(CloseHandler handler);

    // ---- Writing: one thread at a time, guarded by the detector ---------------------------------------------------

    /**
     * Sends a text message, like {@link #writeMessage(MessageType, byte[])}.
     *
     * @param text unpaired surrogates are sent as question marks
     * @throws IOException as {@link #writeMessage(MessageType, byte[])}, which also lists the unchecked exceptions
     */
    void writeMessage(String text) throws IOException;

    /**
     * Sends one message, as one frame unless it is compressed. Returns when the operating system has accepted the
     * message, or when the connection holds it back to send it together with others (see {@link #flush()}).
     *
     * @param type text or binary
     * @param payload not kept, and not changed
     * @throws ConcurrentWriteException when another thread is writing too, or after an earlier conflict
     * @throws IllegalStateException when this thread is inside another write on this connection
     * @throws IllegalArgumentException when the type is TEXT and the payload is not UTF-8; nothing is sent
     * @throws CloseSentException when a Close frame was sent
     * @throws PendingWritesException inside a listener call, when too many bytes already wait for the peer
     * @throws java.net.SocketTimeoutException at the write deadline or timeout; the connection is then closed, because
     *     part of the frame may have been sent
     * @throws IOException when the connection is broken
     */
    default void writeMessage(MessageType type, byte[] payload) throws IOException {
        writeMessage(type, ByteBuffer.wrap(payload));
    }

    /**
     * Sends the remaining bytes of a buffer, like {@link #writeMessage(MessageType, byte[])}.
     *
     * @param type text or binary
     * @param payload its position moves to its limit
     * @throws IOException as {@link #writeMessage(MessageType, byte[])}, which also lists the unchecked exceptions
     */
    void writeMessage(MessageType type, ByteBuffer payload) throws IOException;

    /**
     * Sends a received message unchanged, to this connection or another. This is the fastest way, because text is not
     * checked again.
     *
     * @param message the message that the listener was called with
     * @throws IOException as {@link #writeMessage(MessageType, byte[])}, which also lists the unchecked exceptions
     */
    void writeMessage(MessageView message) throws IOException;

    /**
     * Sends a value as a text message of JSON. Needs Gson or a {@link JsonCodec}. Serialization runs inside the guarded
     * call, so a serializer that writes to this connection gets an IllegalStateException.
     *
     * @param value a value that Gson, or the codec, can serialize
     * @throws IOException as {@link #writeMessage(MessageType, byte[])}, which also lists the unchecked exceptions
     */
    void writeJson(Object value) throws IOException;

    /**
     * Sends a message with a prebuilt frame.
     *
     * @param message any number of connections may send it
     * @throws IOException as {@link #writeMessage(MessageType, byte[])}, which also lists the unchecked exceptions
     */
    void writePrepared(PreparedMessage message) throws IOException;

    /**
     * Begins a message that is written piece by piece. If this thread already has a message open, this call completes
     * it first. If another thread has one open, this call is a conflict, because it would cut that message in half.
     *
     * @param type text or binary
     * @return the writer of the message; close it to complete the message
     * @throws IOException as {@link #writeMessage(MessageType, byte[])}, which also lists the unchecked exceptions
     */
    MessageWriter nextWriter(MessageType type) throws IOException;

    /**
     * Sets the deadline for writes. It stays in effect until you set another. A write that passes it breaks the
     * connection for good.
     *
     * @param deadline null to use the write timeout of the options again, for each frame
     */
    void setWriteDeadline(Instant deadline);

    /**
     * Turns compression on or off, from the next message on. Has no effect unless compression was negotiated.
     *
     * @param enable true is the default
     */
    void enableWriteCompression(boolean enable);

    /**
     * Sets the compression level, from the next message on. Has no effect unless compression was negotiated.
     *
     * @param level as in {@link DeflateOptions}: 1 to 9, -1 for zlib's default, -2 for Huffman coding only, 0 for none
     */
    void setCompressionLevel(int level);

    /**
     * Declares the rule by which the application prevents concurrent writes. From now on every write that breaks the
     * rule fails at once like a concurrent write, even if it overlaps no other. This replaces the previous rule, which
     * the calling thread must keep for this call. No thread can replace the rule once the {@linkplain #outbox() outbox}
     * has written.
     *
     * @param discipline the new rule; {@link WriteDiscipline#none()} removes the current one
     */
    void declareWriteDiscipline(WriteDiscipline discipline);

    // ---- Any thread, at any time ----------------------------------------------------------------------------------

    /**
     * Sends the small messages that the connection holds back to send together: those of a {@link WebSocketListener},
     * and those that a handler writes before it has read all input ({@link WebSocketOptions#writeCoalescing()}).
     * Without this call they are sent when the listener call ends, when the handler has read everything, or after about
     * two milliseconds. Does not wait for the peer. The next write reports any error.
     */
    void flush();

    /**
     * {@return a lock for applications whose threads take turns at writing} It is always the same lock, and the library
     * never acquires it. With {@code WriteDiscipline.guardedBy(connection.writeLock())}, or the init-param
     * {@code write-discipline} set to {@code connection-lock}, a write fails unless its thread holds the lock.
     */
    ReentrantLock writeLock();

    /**
     * {@return the outbound queue of this connection; always the same} Any thread may offer messages, which are sent
     * one at a time. After the first offer, a direct write fails because it breaks the declared discipline.
     */
    Outbox outbox();

    /**
     * Sets the listener that is called for a conflict on this connection, after the conflict is logged.
     *
     * @param listener null for none
     */
    void setConcurrentWriteListener(ConcurrentWriteListener listener);

    /**
     * Adds a task to run when the connection has ended, however it ends. Runs it at once if that was before. It runs on
     * the thread that ends the connection, which may be one of the container's, so it must return soon. If a listener's
     * connection ends by itself, nothing that the task does waits for a peer, as in any call of the listener.
     *
     * @param task has no effect if it was added before
     */
    void addCloseListener(Runnable task);

    /**
     * Removes a task, unless it runs already.
     *
     * @param task has no effect if it was not added
     */
    void removeCloseListener(Runnable task);

    /**
     * Sends a control frame (RFC 6455 section 5.5), if necessary between the frames of a message. The detector does not
     * guard this method.
     *
     * @param type the kind of frame
     * @param payload at most 125 bytes; for CLOSE, the result of {@link CloseStatus#payload()}
     * @param deadline null for the write timeout of the options
     * @throws java.net.SocketTimeoutException at the deadline; harmless if the frame was not yet being sent
     * @throws CloseSentException after a Close frame
     * @throws PendingWritesException for a Ping or Pong inside a listener call, if too many bytes wait for the peer
     * @throws IllegalArgumentException for a payload that such a frame cannot have
     * @throws IOException when the connection is broken
     */
    void writeControl(ControlType type, byte[] payload, Instant deadline) throws IOException;

    /**
     * Waits until the {@linkplain #outbox() outbox} has written the messages it accepted, then calls
     * {@link #close(int, String)} with 1000. Each of the two may take the close timeout.
     */
    @Override
    void close();

    /**
     * Closes the connection with the close handshake (RFC 6455 section 7.1). Sends a Close frame after the current
     * frame, waits for the peer's Close frame, and closes the TCP connection, all within the close timeout. A thread
     * that is reading sees the end. If no thread is reading, the connection drops further messages of the peer, and
     * calls no handlers of Pings and Pongs. Has no effect once closed. Inside a call of a {@link WebSocketListener} a
     * listener's connection only begins to close, and {@code onClose} reports the end. A handler's connection waits
     * there, too: call {@link #beginClose} instead. An interrupted thread does not wait, and cuts a handler's connection
     * off.
     *
     * @param code 1000 to 1003, 1007 to 1014 or 3000 to 4999
     * @param reason cut at 123 bytes of UTF-8
     */
    void close(int code, String reason);

    /**
     * Sends the Close frame like {@link #close(int, String)}, but does not wait for the peer's. The reading thread then
     * sees the end within the close timeout.
     *
     * @param code as in {@link #close(int, String)}
     * @param reason cut at 123 bytes of UTF-8
     */
    void beginClose(int code, String reason);

    /** Closes the TCP connection at once, without a Close frame. Threads that wait in this connection fail. */
    void abort();
}
