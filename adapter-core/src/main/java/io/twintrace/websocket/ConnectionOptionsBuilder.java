package io.twintrace.websocket;

import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.internal.check.Require;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * The options of each open connection: its limits, times and buffers, its outbox, and the detector.
 *
 * @param <B> the builder that applications see
 */
abstract class ConnectionOptionsBuilder<B> {
    long readLimit = 1 << 20;
    int fragmentLimit = 1 << 20;
    Duration closeTimeout = Duration.ofSeconds(5);
    Duration idleTimeout = Duration.ofMinutes(5);
    Duration pingInterval = Duration.ZERO;
    Duration pongTimeout = Duration.ofSeconds(20);
    Duration writeTimeout = Duration.ofSeconds(30);
    int pendingWriteLimit = 1024 * 1024;
    Duration slowCallThreshold = Duration.ofMillis(200);
    boolean writeCoalescing = true;
    Duration coalescingDelay = Duration.ofNanos(500_000);
    Duration unreadThreshold = Duration.ofSeconds(10);
    int readBufferSize = 16 * 1024;
    int writeBufferSize = 16 * 1024;
    DetectorLevel detectorLevel = DetectorLevel.MESSAGES;
    ConcurrentWriteListener concurrentWriteListener = report -> {};
    Function<WebSocketConnection, WriteDiscipline> writeDiscipline = connection -> WriteDiscipline.none();
    OutboxOptions outbox = OutboxOptions.defaults();
    Optional<JsonCodec> jsonCodec = Optional.empty();

    /** {@return this builder} */
    abstract B self();

    /**
     * Sets the maximum size of a received message, over all its fragments and after inflating; 1 MiB by default.
     *
     * @param bytes 0 for no limit, which lets any peer fill the memory
     * @return this builder
     */
    public B readLimit(long bytes) {
        this.readLimit = Require.atLeast(0, bytes, "readLimit");
        return self();
    }

    /**
     * Sets the maximum number of fragments in a received message; 1,048,576 by default.
     *
     * @param fragments at least 1
     * @return this builder
     */
    public B fragmentLimit(int fragments) {
        this.fragmentLimit = Require.atLeast(1, fragments, "fragmentLimit");
        return self();
    }

    /**
     * Sets how long the close handshake may take; 5 seconds by default.
     *
     * @param timeout more than zero
     * @return this builder
     */
    public B closeTimeout(Duration timeout) {
        this.closeTimeout = Require.positive(timeout, "closeTimeout");
        return self();
    }

    /**
     * Sets how long a connection may be idle; 5 minutes by default.
     *
     * @param timeout zero for no limit
     * @return this builder
     */
    public B idleTimeout(Duration timeout) {
        this.idleTimeout = Require.notNegative(timeout, "idleTimeout");
        return self();
    }

    /**
     * Sets the time between two Pings that the library sends by itself; zero by default, for none. The first one
     * comes after half that time or more. 30 seconds suit most proxies, which cut a connection without traffic
     * after a minute. Pings and Pongs count as traffic, so a peer that answers never reaches an idle timeout that
     * is longer than this interval. Nothing is sent to a peer while bytes wait for it to read.
     *
     * @param interval zero for no Pings; else kept to within 50 milliseconds
     * @return this builder
     */
    public B pingInterval(Duration interval) {
        this.pingInterval = Require.notNegative(interval, "pingInterval");
        return self();
    }

    /**
     * Sets how long the peer may leave a Ping of {@link #pingInterval} unanswered before it is cut off; 20 seconds
     * by default. Everything that it sends counts as an answer, and so does every piece, of 128 KiB at most, that
     * it takes of what waits for it. Time in which nobody reads from a handler's connection does not count.
     *
     * @param timeout zero to send Pings only for the proxies; no effect without Pings
     * @return this builder
     */
    public B pongTimeout(Duration timeout) {
        this.pongTimeout = Require.notNegative(timeout, "pongTimeout");
        return self();
    }

    /**
     * Sets how long the write of one frame may take; 30 seconds by default.
     *
     * @param timeout zero for no limit, which lets a peer that never reads block a writer forever
     * @return this builder
     */
    public B writeTimeout(Duration timeout) {
        this.writeTimeout = Require.notNegative(timeout, "writeTimeout");
        return self();
    }

    /**
     * Sets how many bytes may wait for the peer before a write in a call of a {@link WebSocketListener} throws
     * {@link PendingWritesException}; 1 MiB by default. The options of the connection that is written to count,
     * also if a handler serves it. Other threads wait instead. A single message may be longer: the limit only
     * rejects the messages after it.
     *
     * @param bytes at least 1
     * @return this builder
     */
    public B pendingWriteLimit(int bytes) {
        this.pendingWriteLimit = Require.atLeast(1, bytes, "pendingWriteLimit");
        return self();
    }

    /**
     * Sets how long a call of a non-blocking listener may take before a warning is logged; 200 milliseconds by
     * default. The warning has the call's stack and is logged once for each connection; further slow calls are
     * counted. Threads are checked four times in this period, so a call up to a quarter longer may be missed.
     *
     * @param threshold zero for no warning
     * @return this builder
     */
    public B slowCallThreshold(Duration threshold) {
        this.slowCallThreshold = Require.notNegative(threshold, "slowCallThreshold");
        return self();
    }

    /**
     * Turns coalescing of small messages on or off; on by default. The connection holds back what a handler writes
     * before it has read all input. It sends these messages when the handler has read everything, fills the write
     * buffer or calls {@link WebSocketConnection#flush()}, and after about two milliseconds in any case.
     *
     * @param on whether to hold back small messages
     * @return this builder
     */
    public B writeCoalescing(boolean on) {
        this.writeCoalescing = on;
        return self();
    }

    /**
     * Sets how long messages are held back; half a millisecond by default. They are sent at most two milliseconds
     * after that, even if the thread that wrote them does not return to read.
     *
     * @param delay more than zero
     * @return this builder
     */
    public B coalescingDelay(Duration delay) {
        this.coalescingDelay = Require.positive(delay, "coalescingDelay");
        return self();
    }

    /**
     * Sets how long a handler may write without reading before a warning is logged; 10 seconds by default. Such a
     * handler does not answer Pings or the peer's Close frame. The warning is logged once for each connection.
     *
     * @param threshold zero for no warning
     * @return this builder
     */
    public B unreadThreshold(Duration threshold) {
        this.unreadThreshold = Require.notNegative(threshold, "unreadThreshold");
        return self();
    }

    /**
     * Sets the size of each read buffer; 16 KiB by default. A connection holds one only while input waits to be
     * read. On embedded or stock Jetty, without TLS, a handler's connection may hold two: one is read ahead while the
     * handler uses the other. There, input that does not fit into one is read into a buffer of 256 KiB. All of these
     * together take at most a 128th of the heap, and 32 MiB; when they are used up, the usual ones serve.
     *
     * @param bytes at least 256
     * @return this builder
     */
    public B readBufferSize(int bytes) {
        this.readBufferSize = Require.atLeast(256, bytes, "readBufferSize");
        return self();
    }

    /**
     * Sets the size of each write buffer; 16 KiB by default. A connection holds one only during a write, while it
     * holds back small messages, and while a MessageWriter is open.
     *
     * @param bytes at least 256
     * @return this builder
     */
    public B writeBufferSize(int bytes) {
        this.writeBufferSize = Require.atLeast(256, bytes, "writeBufferSize");
        return self();
    }

    /**
     * Sets the level of the detector; {@link DetectorLevel#MESSAGES} by default.
     *
     * @param level defines what the detector finds, and what that costs
     * @return this builder
     */
    public B detectorLevel(DetectorLevel level) {
        this.detectorLevel = Objects.requireNonNull(level, "level");
        return self();
    }

    /**
     * Sets the listener that is called for each conflict; none by default. Conflicts are always logged.
     *
     * @param listener any thread may call it
     * @return this builder
     */
    public B concurrentWriteListener(ConcurrentWriteListener listener) {
        this.concurrentWriteListener = Objects.requireNonNull(listener, "listener");
        return self();
    }

    /**
     * Sets the function that returns the write discipline of a connection; none by default. The upgrade servlet
     * calls it once for each connection before the handler, on the handler's thread (for a listener, on any
     * thread). {@code connection -> WriteDiscipline.confinedTo(Thread.currentThread())} lets only the handler
     * write. {@code WriteDiscipline::guardedBy} requires {@code synchronized (connection)} around each write. For a
     * lock that is created later, call {@link WebSocketConnection#declareWriteDiscipline}.
     *
     * @param discipline returns the rule for a connection
     * @return this builder
     */
    public B writeDiscipline(Function<WebSocketConnection, WriteDiscipline> discipline) {
        this.writeDiscipline = Objects.requireNonNull(discipline, "discipline");
        return self();
    }

    /**
     * Sets the limits of each outbox; {@link OutboxOptions#defaults()} by default.
     *
     * @param options for the outbox of each connection
     * @return this builder
     */
    public B outbox(OutboxOptions options) {
        this.outbox = Objects.requireNonNull(options, "options");
        return self();
    }

    /** {@return the current value of {@link #outbox(OutboxOptions)}, to change part of it} */
    public OutboxOptions outbox() {
        return outbox;
    }

    /**
     * Sets the codec of JSON messages. By default the library uses Gson, which the application then has to add.
     *
     * @param codec any number of threads call it at once
     * @return this builder
     */
    public B jsonCodec(JsonCodec codec) {
        this.jsonCodec = Optional.of(codec);
        return self();
    }
}
