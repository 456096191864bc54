package io.twintrace.websocket;

import io.twintrace.websocket.deflate.DeflateParameters;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.frame.CloseCode;
import io.twintrace.websocket.frame.CloseStatus;
import io.twintrace.websocket.frame.ProtocolException;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import io.twintrace.websocket.json.Json;
import io.twintrace.websocket.transport.Deadlines;
import io.twintrace.websocket.transport.PushTransport;
import io.twintrace.websocket.transport.Transport;
import java.io.IOException;
import java.lang.reflect.Type;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * One WebSocket connection on the server's side (RFC 6455), with blocking calls; inside the calls of a
 * {@link WebSocketListener} nothing blocks.
 *
 * <p><b>Threads.</b> One thread at a time may read, and one at a time may write; they may be different ones. Each write
 * method is guarded: when a second thread comes while one is inside, <em>both</em> get a
 * {@link ConcurrentWriteException} that holds both stack traces, the pair is logged, and the connection is closed with
 * 1011. The exceptions to the rule, free for any thread at any time, are {@link #outbox()}, {@link #writeControl},
 * {@link #flush()}, {@link #close()}, {@link #abort()}, the read settings and whatever only looks.
 *
 * <p><b>Ends.</b> When the peer closes in the ordinary way (1000, 1001 or without a code) read methods return null.
 * Every other end is an IOException: {@link CloseException} when the peer closed with another code or vanished (1006),
 * {@link ProtocolException} when it broke the RFC or a limit, {@link java.net.SocketTimeoutException} at a deadline.
 * Ends are permanent.
 *
 * <p>An interrupt ends a wait with an {@link java.io.InterruptedIOException}, for good as well: an interrupted write
 * may have sent part of a frame.
 *
 * <p>Deadlines are points of the wall clock, read when they are set; null means none.
 */
public final class WebSocketConnection implements AutoCloseable {
    private static final AtomicLong NUMBERS = new AtomicLong();

    private final String name;
    private final HandshakeRequest request;
    private final Optional<String> subprotocol;
    private final Optional<DeflateParameters> deflate;
    private final Transport transport;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final OnDemand onDemand = new OnDemand();
    private final WebSocketOptions options;
    private final Closing closing;
    private final Traffic traffic;
    private final FrameOutput frames;
    private final Conflicts conflicts;
    private final WriteHalf writing;
    private final Reading reading;
    private final TransportCloser closer;

    private WebSocketConnection(
            Transport transport,
            HandshakeRequest request,
            Accepted handshake,
            WebSocketOptions options,
            ConcurrentWriteListener conflictLog,
            Consumer<String> warnings,
            WebSocketListener listener,
            ListenerThreads threads) {
        ConnectionId id = new ConnectionId(NUMBERS.incrementAndGet(), request.plainPath());
        this.name = id.toString();
        this.request = request;
        this.subprotocol = handshake.subprotocol();
        this.deflate = handshake.deflate();
        this.transport = transport;
        this.options = options;
        ConnectionParts parts = new ConnectionParts(id, transport, deflate, options, conflictLog);
        this.closing = parts.closing();
        this.traffic = parts.traffic();
        this.closer = parts.closer();
        this.reading = listener == null ? parts.blocking(warnings) : parts.listening(listener, threads);
        this.frames = parts.frames();
        this.conflicts = parts.conflicts();
        this.writing = parts.writing();
        deflate.ifPresent(agreed -> options.deflatePool().join());
    }

    /**
     * A connection over a socket whose opening handshake is done. Servlets get theirs from the upgrade servlet; this is
     * for whoever has a socket of his own, and must then close it, so that everything it holds is given back.
     *
     * @param transport owned by the connection from now on
     * @param handshake what was answered to the request
     * @param options limits and timeouts; their write discipline is declared by the servlet, as the handler begins
     * @param conflictLog where conflicts are logged; null for the {@link System.Logger} "io.twintrace.websocket"
     * @param warnings told what else belongs in the log, by the application's threads; null for the same logger
     */
    public static WebSocketConnection server(
            Transport transport,
            HandshakeRequest request,
            Accepted handshake,
            WebSocketOptions options,
            ConcurrentWriteListener conflictLog,
            Consumer<String> warnings) {
        return new WebSocketConnection(transport, request, handshake, options, conflictLog, warnings, null, null);
    }

    /**
     * A connection that calls a listener, over a socket whose opening handshake is done: {@link #server} for the other
     * face. The listener's first call is made before this returns, or soon after.
     *
     * @param transport owned by the connection from now on
     * @param conflictLog where conflicts are logged; null for the {@link System.Logger} "io.twintrace.websocket"
     * @param prepare what is to be done to the connection before the first call
     * @param threads what the connection may use of them
     * @param whenOver called once, after the listener's last call, when everything is given back; not if this throws
     */
    public static WebSocketConnection listening(
            PushTransport transport,
            HandshakeRequest request,
            Accepted handshake,
            WebSocketOptions options,
            ConcurrentWriteListener conflictLog,
            WebSocketListener listener,
            ListenerThreads threads,
            Consumer<WebSocketConnection> prepare,
            Consumer<WebSocketConnection> whenOver) {
        WebSocketConnection connection =
                new WebSocketConnection(transport, request, handshake, options, conflictLog, null, listener, threads);
        boolean open = false;
        try {
            ((ListeningHalf) connection.reading).open(connection, prepare, () -> {
                try {
                    connection.finish(false);
                } finally {
                    whenOver.accept(connection);
                }
            });
            open = true;
        } finally {
            if (!open) {
                connection.finish(false);
            }
        }
        return connection;
    }

    // ---- What it is -----------------------------------------------------------------------------------------------

    /** A number, unique for each copy of the library, and the path: how reports and logs call this connection. */
    public String name() {
        return name;
    }

    /** The request that opened the connection: path, query, headers, user. */
    public HandshakeRequest request() {
        return request;
    }

    /** The subprotocol that was agreed on. */
    public Optional<String> subprotocol() {
        return subprotocol;
    }

    /** What was agreed on about compressing messages; empty where they are not. */
    public Optional<DeflateParameters> deflate() {
        return deflate;
    }

    /** How many bytes went in and out so far, with and without compression. */
    public Traffic traffic() {
        return traffic;
    }

    /** This side's address, where the container tells it. */
    public Optional<InetSocketAddress> localAddress() {
        return Optional.ofNullable(transport.localAddress());
    }

    /** The peer's address, or that of the proxy in between, where the container tells it. */
    public Optional<InetSocketAddress> remoteAddress() {
        return Optional.ofNullable(transport.remoteAddress());
    }

    /** Room for whatever the application wants to remember along with the connection. Safe for any thread. */
    public ConcurrentMap<String, Object> attributes() {
        return onDemand.attributes();
    }

    /** The peer's Close frame, once it has come. */
    public Optional<CloseStatus> peerCloseStatus() {
        return Optional.ofNullable(closing.received());
    }

    /** Whether both directions are still meant to be used: false once either side has begun to close, or has failed. */
    public boolean isOpen() {
        return !closed.get()
                && closing.requested() == null
                && !closing.hasReadingEnded()
                && frames.broken() == null
                && !writing.isPoisoned();
    }

    // ---- Reading: one thread at a time ----------------------------------------------------------------------------

    /**
     * Waits for the next message and reads it whole. Pings, Pongs and Close frames are answered on the way.
     *
     * @return null when the peer has closed in the ordinary way
     * @throws CloseException when it closed otherwise, or the connection ended without a Close frame (1006)
     * @throws ProtocolException when the peer broke the RFC, or a limit; it has been sent the matching Close code
     * @throws java.net.SocketTimeoutException at the read deadline or the idle timeout
     * @throws IllegalStateException when another thread is reading, or at the 1000th read after the end
     */
    public Message readMessage() throws IOException {
        return reading.readMessage();
    }

    /**
     * Waits for the next message, to be read piece by piece. What is left of the message before is read and dropped.
     *
     * @return null when the peer has closed in the ordinary way
     * @throws IOException as {@link #readMessage()}
     */
    public MessageReader nextReader() throws IOException {
        return reading.nextReader();
    }

    /**
     * Waits for the next message and reads it as JSON. Needs Gson.
     *
     * @return null when the peer has closed in the ordinary way
     * @throws InvalidJsonException when it is not JSON of that type, is empty, or is the literal null; after which the
     *     next message may be read
     * @throws IOException as {@link #readMessage()}
     */
    @SuppressWarnings("unchecked") // the codec makes what it is asked for, boxed where the class is primitive
    public <T> T readJson(Class<T> type) throws IOException {
        return (T) readJson((Type) type);
    }

    /** {@link #readJson(Class)} for generic types. */
    public Object readJson(Type type) throws IOException {
        Message message = reading.readMessage();
        return message == null ? null : Json.decode(message.text(), type, InvalidJsonException::new);
    }

    /**
     * Until when reads must have got what they wait for. A read that passes it fails, and so do all later ones. Any
     * thread; takes effect on a read that is waiting.
     */
    public void setReadDeadline(Instant deadline) {
        reading.readDeadline(Deadlines.at(deadline));
    }

    /**
     * The most bytes of one message, over all its fragments and after inflating; 0 for no limit. Holds from now on, for
     * the message that is being read as well. Any thread.
     */
    public void setReadLimit(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("read limit is " + bytes + ", but must not be negative");
        }
        reading.readLimit(bytes);
    }

    /** Replaces what is done at a Ping; null for the default, which answers with a Pong. Any thread. */
    public void setPingHandler(ControlHandler handler) {
        reading.frames().pingHandler(handler);
    }

    /** Replaces what is done at a Pong; null for the default, which is nothing. Any thread. */
    public void setPongHandler(ControlHandler handler) {
        reading.frames().pongHandler(handler);
    }

    /** Is told of the peer's Close before it is answered; null for nobody. Any thread. */
    public void setCloseHandler(CloseHandler handler) {
        reading.frames().closeHandler(handler);
    }

    // ---- Writing: one thread at a time, guarded by the detector ---------------------------------------------------

    /** {@link #writeMessage(MessageType, byte[])} of TEXT. Unpaired surrogates are sent as question marks. */
    public void writeMessage(String text) throws IOException {
        writing.writeMessage(text);
    }

    /**
     * Sends one message, as one frame unless it is compressed, and returns when the operating system has it, or when it
     * was put aside for a moment, as {@link #flush()} says.
     *
     * @param payload not kept, and not changed
     * @throws ConcurrentWriteException when another thread writes too, or did so before
     * @throws IllegalStateException when this thread is inside another write on this connection
     * @throws IllegalArgumentException when the type is TEXT and the payload is not UTF-8; nothing is sent
     * @throws CloseSentException when a Close frame was sent
     * @throws BacklogFullException inside a call of a listener, when too much waits for the peer already
     * @throws java.net.SocketTimeoutException at the write deadline or timeout; the connection is then closed, since
     *     part of the frame may be out
     * @throws IOException when the connection is broken
     */
    public void writeMessage(MessageType type, byte[] payload) throws IOException {
        writeMessage(type, ByteBuffer.wrap(payload));
    }

    /** {@link #writeMessage(MessageType, byte[])} of a buffer's remaining bytes, which are taken out of it. */
    public void writeMessage(MessageType type, ByteBuffer payload) throws IOException {
        writing.writeMessage(type, payload);
    }

    /**
     * Passes a message on as it is. Text is not checked again, so this is the quickest way to send one that has just
     * come, to this connection or another. Throws what {@link #writeMessage(MessageType, byte[])} throws.
     */
    public void writeMessage(MessageView message) throws IOException {
        writing.writeMessage(message);
    }

    /**
     * Sends a value as a text message of JSON. Needs Gson. The value is serialised inside the guarded call, so a
     * serializer that writes to this connection gets an IllegalStateException.
     *
     * @throws IOException as {@link #writeMessage(MessageType, byte[])}, and the rest of what it throws
     */
    public void writeJson(Object value) throws IOException {
        writing.writeJson(value);
    }

    /**
     * Sends what was put aside to leave together with more: small messages that a {@link WebSocketListener} writes, and
     * those that a handler writes before it has read all that has arrived ({@link WebSocketOptions#writeCoalescing()}).
     * Without this they leave when the listener's call ends, or when the handler has read that, or after about two
     * milliseconds. Any thread; waits for the peer like a write. What goes wrong shows at the next write.
     */
    public void flush() {
        frames.flush();
    }

    /** Sends a message whose frame is built already. Throws what {@link #writeMessage(MessageType, byte[])} throws. */
    public void writePrepared(PreparedMessage message) throws IOException {
        writing.writePrepared(message);
    }

    /**
     * Begins a message that is written piece by piece. Where this thread has one open already, that one is completed
     * first; where another thread has, this is a conflict, since it would cut that message in half.
     *
     * @throws IOException as {@link #writeMessage(MessageType, byte[])}, and the rest of what it throws
     */
    public MessageWriter nextWriter(MessageType type) throws IOException {
        return writing.nextWriter(type);
    }

    /**
     * Until when writes must be done. Holds until it is set again; null goes back to the write timeout of the options,
     * counted for each frame. A write that passes it breaks the connection for good.
     */
    public void setWriteDeadline(Instant deadline) {
        writing.writeDeadline(Deadlines.at(deadline));
    }

    /** Whether messages are compressed from the next one on. Has no effect unless compression was negotiated. */
    public void enableWriteCompression(boolean enable) {
        writing.enableCompression(enable);
    }

    /**
     * How hard messages are compressed from the next one on. Has no effect unless compression was negotiated.
     *
     * @param level as in {@link io.twintrace.websocket.deflate.DeflateOptions}: 1 to 9, -1 for zlib's default, -2 for
     *     Huffman coding only, 0 for none
     */
    public void setCompressionLevel(int level) {
        writing.compressionLevel(level);
    }

    /**
     * By which rule the threads of the application keep from writing at once; from now on every write against it fails
     * at once, whether it overlaps another one or not, as a concurrent write does. Replaces what was declared before,
     * which the calling thread has to keep for that; where the {@linkplain #outbox() outbox} has written, nobody does.
     */
    public void declareWriteDiscipline(WriteDiscipline discipline) {
        writing.declare(discipline);
    }

    // ---- Any thread, at any time ----------------------------------------------------------------------------------

    /**
     * A lock for an application whose threads take turns at writing: always the same for this connection, and nothing
     * here takes it. {@code WriteDiscipline.guardedBy(connection.writeLock())}, or the init-param
     * {@code write-discipline} with the value {@code connection-lock}, has every write fail that does not hold it. Any
     * thread.
     */
    public ReentrantLock writeLock() {
        return onDemand.writeLock();
    }

    /**
     * Where any thread may leave messages, which one writer sends, one after another. From the first offer on all
     * writing is left to it: a direct write fails as one against the declared discipline. Any thread; always the same.
     */
    public Outbox outbox() {
        Outbox existing = onDemand.outboxIfAny();
        return existing != null
                ? existing
                : onDemand.outbox(() -> new Outbox(this, writing, options.outbox(), options.closeTimeout()));
    }

    /** Is told of a conflict on this connection, after the log; null for nobody. Any thread. */
    public void setConcurrentWriteListener(ConcurrentWriteListener listener) {
        conflicts.own(listener);
    }

    /**
     * Sends a control frame, between the frames of a message if need be. Does not enter the detector's guard.
     *
     * @param payload at most 125 bytes; for CLOSE, as {@link CloseStatus#payload()} makes it
     * @param deadline until when; null for the write timeout of the options
     * @throws java.net.SocketTimeoutException at the deadline; harmless when it passed before the frame's turn came
     * @throws CloseSentException after a Close frame
     * @throws IllegalArgumentException for a payload that such a frame cannot have
     */
    public void writeControl(ControlType type, byte[] payload, Instant deadline) throws IOException {
        type.check(payload);
        frames.writeControl(type.opcode(), payload, Deadlines.at(deadline));
    }

    /**
     * {@link #close(int, String)} with 1000, once the {@linkplain #outbox() outbox} has written what it was offered,
     * for which it has the close timeout as well.
     */
    @Override
    public void close() {
        Outbox offered = onDemand.outboxIfAny();
        if (offered != null && Turn.current() != null) {
            offered.closeElsewhere(() -> beginClose(CloseCode.NORMAL, ""));
            return;
        }
        if (offered != null) {
            offered.close();
        }
        close(CloseCode.NORMAL, "");
    }

    /**
     * Closes the connection with the closing handshake: sends a Close frame behind the frame in flight, waits for the
     * peer's, and closes the TCP connection, all within the close timeout. A thread that is reading sees the end; where
     * none is, what the peer still sends is dropped. Any thread, any time; without effect once closed. Inside a call of
     * a {@link WebSocketListener} it only begins to close, and {@code onClose} tells of the end.
     *
     * @param code 1000 to 1003, 1007 to 1014 or 3000 to 4999
     * @param reason cut at 123 bytes of UTF-8
     */
    public void close(int code, String reason) {
        byte[] payload = new CloseStatus(code, reason).payload(); // what may not be sent changes nothing
        boolean graceful = false;
        try {
            frames.requestClose(payload);
            graceful = reading.awaitClose() && (reading.endsByItself() || closing.awaitWritingEnded());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!graceful || !reading.endsByItself()) {
                finish(graceful);
            }
        }
    }

    /**
     * The first half of {@link #close(int, String)}: sends the Close frame, and returns without waiting for the peer's.
     * The thread that reads then sees the end within the close timeout. Any thread.
     */
    public void beginClose(int code, String reason) {
        frames.requestClose(new CloseStatus(code, reason).payload());
    }

    /** Closes the TCP connection at once, without a Close frame; threads waiting here fail. Any thread. */
    public void abort() {
        finish(false);
    }

    /** Each step is taken, whatever another one throws, such as for want of memory or of a thread. */
    private void finish(boolean graceful) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            if (!graceful && !closing.isDone()) {
                frames.giveUp(new IOException("the connection was cut by this side"));
            }
        } finally {
            try {
                closeTransport(graceful);
            } finally {
                giveBack();
            }
        }
    }

    private void closeTransport(boolean graceful) {
        if (graceful && !closing.isReceivedLast()) {
            closer.lingerAndClose();
        } else {
            closer.abort();
        }
    }

    private void giveBack() {
        try {
            closing.readingEnded();
            reading.release();
        } finally {
            try {
                writing.abandon();
            } finally {
                if (deflate.isPresent()) {
                    options.deflatePool().leave();
                }
            }
        }
    }

    /** The name; nothing of the request's headers. */
    @Override
    public String toString() {
        return "WebSocket connection " + name;
    }
}
