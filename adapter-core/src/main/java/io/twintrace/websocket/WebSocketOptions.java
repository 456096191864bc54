package io.twintrace.websocket;

import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.handshake.OriginPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Options of a server for its connections. Immutable, safe for use by any thread. One object serves any number of
 * connections, which share its buffer pools. Every default is finite.
 *
 * <pre>{@code
 * WebSocketOptions options = WebSocketOptions.builder()
 *         .readLimit(64 * 1024)
 *         .subprotocols(List.of("chat.v2", "chat.v1"))
 *         .build();
 * }</pre>
 */
public final class WebSocketOptions {
    private final Builder values;

    private WebSocketOptions(Builder builder) {
        this.values = builder.copy();
    }

    /** {@return a builder with the default values} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return the defaults} */
    public static WebSocketOptions defaults() {
        return builder().build();
    }

    /** {@return a builder with the values of these options} */
    public Builder toBuilder() {
        return values.copy();
    }

    /** {@return the maximum size of a received message in bytes, over all its fragments; 0 for no limit} */
    public long readLimit() {
        return values.readLimit;
    }

    /** {@return the maximum number of fragments in a received message} */
    public int fragmentLimit() {
        return values.fragmentLimit;
    }

    /** {@return how long the hand-over of the socket may take after the server accepts the request} */
    public Duration handshakeTimeout() {
        return values.handshakeTimeout;
    }

    /** {@return how long the close handshake may take before the library closes the TCP connection without it} */
    public Duration closeTimeout() {
        return values.closeTimeout;
    }

    /** {@return how long a connection may have no traffic, or a frame may stay incomplete; zero for no limit} */
    public Duration idleTimeout() {
        return values.idleTimeout;
    }

    /** {@return the time between two Pings that the library sends by itself; zero for none} */
    public Duration pingInterval() {
        return values.pingInterval;
    }

    /** {@return how long the peer may leave such a Ping unanswered before it is cut off; zero for any time} */
    public Duration pongTimeout() {
        return values.pongTimeout;
    }

    /** {@return how long the write of one frame may take if the application sets no deadline; zero for no limit} */
    public Duration writeTimeout() {
        return values.writeTimeout;
    }

    /**
     * {@return how many bytes may wait for the peer before a write in a call of a {@link WebSocketListener} is rejected;
     * the message that reaches the limit is still accepted completely}
     */
    public int pendingWriteLimit() {
        return values.pendingWriteLimit;
    }

    /**
     * {@return how long a call of a {@linkplain WebSocketListener#isNonBlocking() non-blocking} listener may take
     * before a warning with its stack is logged; zero for no warning}
     */
    public Duration slowCallThreshold() {
        return values.slowCallThreshold;
    }

    /**
     * {@return whether small messages written by the reading thread are held back while that thread has more input to
     * read, and then sent together; for about two milliseconds at most}
     */
    public boolean writeCoalescing() {
        return values.writeCoalescing;
    }

    /** {@return how long messages are held back for the reading thread to return} */
    public Duration coalescingDelay() {
        return values.coalescingDelay;
    }

    /** {@return how long a handler may write without reading before a warning is logged; zero for no warning} */
    public Duration unreadThreshold() {
        return values.unreadThreshold;
    }

    /** {@return the size of each read buffer in bytes} */
    public int readBufferSize() {
        return values.readBufferSize;
    }

    /** {@return the size of each write buffer in bytes} */
    public int writeBufferSize() {
        return values.writeBufferSize;
    }

    /** {@return the maximum number of open connections of one servlet; more are rejected with 503} */
    public int maxConnections() {
        return values.maxConnections;
    }

    /**
     * {@return the maximum number of open connections from one address; more are rejected with 429; 0 for no limit}
     */
    public int maxConnectionsPerAddress() {
        return values.maxConnectionsPerAddress;
    }

    /**
     * {@return after how many seconds a client may try again, as {@code Retry-After} tells it if the server is full or
     * stops; zero if nothing is sent}
     */
    public Duration retryAfter() {
        return values.retryAfter;
    }

    /** {@return the reason in the Close frame 1001 that each peer gets when the server stops} */
    public String stopReason() {
        return values.stopReason;
    }

    /** {@return the level of the detector} */
    public DetectorLevel detectorLevel() {
        return values.detectorLevel;
    }

    /** {@return the listener that is called for each conflict, in addition to the log} */
    public ConcurrentWriteListener concurrentWriteListener() {
        return values.concurrentWriteListener;
    }

    /** {@return the function that returns the write discipline of a connection} */
    public Function<WebSocketConnection, WriteDiscipline> writeDiscipline() {
        return values.writeDiscipline;
    }

    /** {@return the limits of each outbox} */
    public OutboxOptions outbox() {
        return values.outbox;
    }

    /** {@return the compression options} */
    public DeflateOptions deflate() {
        return values.deflate;
    }

    /** {@return the codec of JSON messages; empty for the library's own, which uses Gson} */
    public Optional<JsonCodec> jsonCodec() {
        return values.jsonCodec;
    }

    /** {@return the policy that decides which pages may connect} */
    public OriginPolicy originPolicy() {
        return values.originPolicy;
    }

    /** {@return the subprotocols that the server supports, in order of preference} */
    public List<String> subprotocols() {
        return values.subprotocols;
    }

    /** {@return what a connection and the HTTP session of its handshake have to do with each other} */
    public SessionOptions session() {
        return values.session;
    }

    /** {@return the roles that the container is asked for at each handshake} */
    public List<String> roles() {
        return values.roles;
    }

    /** Builds options. Not safe for use by several threads. */
    public static final class Builder {
        private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]++");

        private static final int MAX_REASON_BYTES = 123;

        private long readLimit = 1 << 20;
        private int fragmentLimit = 1 << 20;
        private Duration handshakeTimeout = Duration.ofSeconds(10);
        private Duration closeTimeout = Duration.ofSeconds(5);
        private Duration idleTimeout = Duration.ofMinutes(5);
        private Duration pingInterval = Duration.ZERO;
        private Duration pongTimeout = Duration.ofSeconds(20);
        private Duration writeTimeout = Duration.ofSeconds(30);
        private int pendingWriteLimit = 1024 * 1024;
        private Duration slowCallThreshold = Duration.ofMillis(200);
        private boolean writeCoalescing = true;
        private Duration coalescingDelay = Duration.ofNanos(500_000);
        private Duration unreadThreshold = Duration.ofSeconds(10);
        private int readBufferSize = 16 * 1024;
        private int writeBufferSize = 16 * 1024;
        private int maxConnections = 20_000;
        private int maxConnectionsPerAddress;
        private Duration retryAfter = Duration.ofSeconds(5);
        private String stopReason = "server is stopping";
        private DetectorLevel detectorLevel = DetectorLevel.MESSAGES;
        private ConcurrentWriteListener concurrentWriteListener = report -> {};
        private Function<WebSocketConnection, WriteDiscipline> writeDiscipline = connection -> WriteDiscipline.none();
        private OutboxOptions outbox = OutboxOptions.defaults();
        private Optional<JsonCodec> jsonCodec = Optional.empty();
        private OriginPolicy originPolicy = OriginPolicy.sameOrigin();
        private List<String> subprotocols = List.of();
        private DeflateOptions deflate = DeflateOptions.off();
        private SessionOptions session = SessionOptions.defaults();
        private List<String> roles = List.of();

        private Builder() {}

        private Builder copy() {
            Builder copy = new Builder();
            copy.readLimit = readLimit;
            copy.fragmentLimit = fragmentLimit;
            copy.handshakeTimeout = handshakeTimeout;
            copy.closeTimeout = closeTimeout;
            copy.idleTimeout = idleTimeout;
            copy.pingInterval = pingInterval;
            copy.pongTimeout = pongTimeout;
            copy.writeTimeout = writeTimeout;
            copy.pendingWriteLimit = pendingWriteLimit;
            copy.slowCallThreshold = slowCallThreshold;
            copy.writeCoalescing = writeCoalescing;
            copy.coalescingDelay = coalescingDelay;
            copy.unreadThreshold = unreadThreshold;
            copy.readBufferSize = readBufferSize;
            copy.writeBufferSize = writeBufferSize;
            copy.maxConnections = maxConnections;
            copy.maxConnectionsPerAddress = maxConnectionsPerAddress;
            copy.retryAfter = retryAfter;
            copy.stopReason = stopReason;
            copy.detectorLevel = detectorLevel;
            copy.concurrentWriteListener = concurrentWriteListener;
            copy.writeDiscipline = writeDiscipline;
            copy.outbox = outbox;
            copy.jsonCodec = jsonCodec;
            copy.originPolicy = originPolicy;
            copy.subprotocols = subprotocols;
            copy.deflate = deflate;
            copy.session = session;
            copy.roles = roles;
            return copy;
        }

        /**
         * Sets the maximum size of a received message, over all its fragments and after inflating; 1 MiB by default.
         *
         * @param bytes 0 for no limit, which lets any peer fill the memory
         * @return this builder
         */
        public Builder readLimit(long bytes) {
            this.readLimit = atLeast(0, bytes, "readLimit");
            return this;
        }

        /**
         * Sets the maximum number of fragments in a received message; 1,048,576 by default.
         *
         * @param fragments at least 1
         * @return this builder
         */
        public Builder fragmentLimit(int fragments) {
            this.fragmentLimit = (int) atLeast(1, fragments, "fragmentLimit");
            return this;
        }

        /**
         * Sets how long the hand-over of the socket may take; 10 seconds by default.
         *
         * @param timeout more than zero
         * @return this builder
         */
        public Builder handshakeTimeout(Duration timeout) {
            this.handshakeTimeout = positive(timeout, "handshakeTimeout");
            return this;
        }

        /**
         * Sets how long the close handshake may take; 5 seconds by default.
         *
         * @param timeout more than zero
         * @return this builder
         */
        public Builder closeTimeout(Duration timeout) {
            this.closeTimeout = positive(timeout, "closeTimeout");
            return this;
        }

        /**
         * Sets how long a connection may be idle; 5 minutes by default.
         *
         * @param timeout zero for no limit
         * @return this builder
         */
        public Builder idleTimeout(Duration timeout) {
            this.idleTimeout = notNegative(timeout, "idleTimeout");
            return this;
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
        public Builder pingInterval(Duration interval) {
            this.pingInterval = notNegative(interval, "pingInterval");
            return this;
        }

        /**
         * Sets how long the peer may leave a Ping of {@link #pingInterval} unanswered before it is cut off; 20 seconds
         * by default. Everything that it sends counts as an answer, and so does every piece, of 128 KiB at most, that
         * it takes of what waits for it. Time in which nobody reads from a handler's connection does not count.
         *
         * @param timeout zero to send Pings only for the proxies; no effect without Pings
         * @return this builder
         */
        public Builder pongTimeout(Duration timeout) {
            this.pongTimeout = notNegative(timeout, "pongTimeout");
            return this;
        }

        /**
         * Sets how long the write of one frame may take; 30 seconds by default.
         *
         * @param timeout zero for no limit, which lets a peer that never reads block a writer forever
         * @return this builder
         */
        public Builder writeTimeout(Duration timeout) {
            this.writeTimeout = notNegative(timeout, "writeTimeout");
            return this;
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
        public Builder pendingWriteLimit(int bytes) {
            this.pendingWriteLimit = (int) atLeast(1, bytes, "pendingWriteLimit");
            return this;
        }

        /**
         * Sets how long a call of a non-blocking listener may take before a warning is logged; 200 milliseconds by
         * default. The warning has the call's stack and is logged once for each connection; further slow calls are
         * counted. Threads are checked four times in this period, so a call up to a quarter longer may be missed.
         *
         * @param threshold zero for no warning
         * @return this builder
         */
        public Builder slowCallThreshold(Duration threshold) {
            this.slowCallThreshold = notNegative(threshold, "slowCallThreshold");
            return this;
        }

        /**
         * Turns coalescing of small messages on or off; on by default. The connection holds back what a handler writes
         * before it has read all input. It sends these messages when the handler has read everything, fills the write
         * buffer or calls {@link WebSocketConnection#flush()}, and after about two milliseconds in any case.
         *
         * @param on whether to hold back small messages
         * @return this builder
         */
        public Builder writeCoalescing(boolean on) {
            this.writeCoalescing = on;
            return this;
        }

        /**
         * Sets how long messages are held back; half a millisecond by default. They are sent at most two milliseconds
         * after that, even if the thread that wrote them does not return to read.
         *
         * @param delay more than zero
         * @return this builder
         */
        public Builder coalescingDelay(Duration delay) {
            this.coalescingDelay = positive(delay, "coalescingDelay");
            return this;
        }

        /**
         * Sets how long a handler may write without reading before a warning is logged; 10 seconds by default. Such a
         * handler does not answer Pings or the peer's Close frame. The warning is logged once for each connection.
         *
         * @param threshold zero for no warning
         * @return this builder
         */
        public Builder unreadThreshold(Duration threshold) {
            this.unreadThreshold = notNegative(threshold, "unreadThreshold");
            return this;
        }

        /**
         * Sets the size of each read buffer; 16 KiB by default. A connection holds one only while input waits to be
         * read. Input that embedded or stock Jetty reads ahead for a handler, without TLS, is in Jetty's buffers
         * instead: 32 KiB, and another 32 KiB that are read ahead while the handler uses the first.
         *
         * @param bytes at least 256
         * @return this builder
         */
        public Builder readBufferSize(int bytes) {
            this.readBufferSize = (int) atLeast(256, bytes, "readBufferSize");
            return this;
        }

        /**
         * Sets the size of each write buffer; 16 KiB by default. A connection holds one only during a write, while it
         * holds back small messages, and while a MessageWriter is open.
         *
         * @param bytes at least 256
         * @return this builder
         */
        public Builder writeBufferSize(int bytes) {
            this.writeBufferSize = (int) atLeast(256, bytes, "writeBufferSize");
            return this;
        }

        /**
         * Sets the maximum number of open connections of one servlet; 20,000 by default.
         *
         * @param connections at least 1
         * @return this builder
         */
        public Builder maxConnections(int connections) {
            this.maxConnections = (int) atLeast(1, connections, "maxConnections");
            return this;
        }

        /**
         * Sets the maximum number of open connections of one servlet from one address; no limit by default. Further
         * handshakes from there get 429. The addresses of an IPv6 network of 64 bits count as one. The container tells
         * the address. Behind a proxy it is the proxy's, and then the limit applies to all clients together, unless the
         * container takes the client's address from the headers of the proxy.
         *
         * @param connections 0 for no limit
         * @return this builder
         */
        public Builder maxConnectionsPerAddress(int connections) {
            this.maxConnectionsPerAddress = (int) atLeast(0, connections, "maxConnectionsPerAddress");
            return this;
        }

        /**
         * Sets after how many seconds a client may try again that was refused because the server is full or stops; 5
         * seconds by default. Sent as the header {@code Retry-After}, which programs can read, but pages in a browser
         * cannot.
         *
         * @param delay whole seconds; zero to send nothing
         * @return this builder
         */
        public Builder retryAfter(Duration delay) {
            if (!notNegative(delay, "retryAfter").equals(Duration.ofSeconds(delay.toSeconds()))) {
                throw new IllegalArgumentException(
                        "retryAfter is " + delay + ", but the header holds whole seconds: round it up");
            }
            this.retryAfter = delay;
            return this;
        }

        /**
         * Sets the reason in the Close frame 1001 that each peer gets when the server stops; "server is stopping" by
         * default.
         *
         * @param reason at most 123 bytes of UTF-8
         * @return this builder
         */
        public Builder stopReason(String reason) {
            int bytes = reason.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MAX_REASON_BYTES) {
                throw new IllegalArgumentException("stopReason has " + bytes
                        + " bytes of UTF-8, but a Close frame holds at most " + MAX_REASON_BYTES + ": shorten it");
            }
            this.stopReason = reason;
            return this;
        }

        /**
         * Sets the level of the detector; {@link DetectorLevel#MESSAGES} by default.
         *
         * @param level defines what the detector finds, and what that costs
         * @return this builder
         */
        public Builder detectorLevel(DetectorLevel level) {
            this.detectorLevel = Objects.requireNonNull(level, "level");
            return this;
        }

        /**
         * Sets the listener that is called for each conflict; none by default. Conflicts are always logged.
         *
         * @param listener any thread may call it
         * @return this builder
         */
        public Builder concurrentWriteListener(ConcurrentWriteListener listener) {
            this.concurrentWriteListener = Objects.requireNonNull(listener, "listener");
            return this;
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
        public Builder writeDiscipline(Function<WebSocketConnection, WriteDiscipline> discipline) {
            this.writeDiscipline = Objects.requireNonNull(discipline, "discipline");
            return this;
        }

        /**
         * Sets the limits of each outbox; {@link OutboxOptions#defaults()} by default.
         *
         * @param options for the outbox of each connection
         * @return this builder
         */
        public Builder outbox(OutboxOptions options) {
            this.outbox = Objects.requireNonNull(options, "options");
            return this;
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
        public Builder jsonCodec(JsonCodec codec) {
            this.jsonCodec = Optional.of(codec);
            return this;
        }

        /**
         * Sets which pages may connect; {@link OriginPolicy#sameOrigin()} by default.
         *
         * @param policy called at each handshake
         * @return this builder
         */
        public Builder originPolicy(OriginPolicy policy) {
            this.originPolicy = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /**
         * Sets the subprotocols that the server supports (RFC 6455 section 1.9); none by default.
         *
         * @param names in order of preference
         * @return this builder
         * @throws IllegalArgumentException for a name that is not a token (RFC 9110 section 5.6.2)
         */
        public Builder subprotocols(List<String> names) {
            for (String name : names) {
                if (!TOKEN.matcher(name).matches()) {
                    throw new IllegalArgumentException("\"" + name + "\" is not a valid subprotocol name: use only"
                            + " letters, digits and !#$%&'*+-.^_`|~");
                }
            }
            this.subprotocols = List.copyOf(names);
            return this;
        }

        /**
         * Sets the compression options; {@link DeflateOptions#off()} by default.
         *
         * @param options for permessage-deflate
         * @return this builder
         */
        public Builder deflate(DeflateOptions options) {
            this.deflate = Objects.requireNonNull(options, "options");
            return this;
        }

        /** {@return the current value of {@link #deflate(DeflateOptions)}, to change part of it} */
        public DeflateOptions deflate() {
            return deflate;
        }

        /**
         * Sets what a connection and the HTTP session of its handshake have to do with each other; nothing by default.
         *
         * @param options for connections whose handshake has a session
         * @return this builder
         */
        public Builder session(SessionOptions options) {
            this.session = Objects.requireNonNull(options, "options");
            return this;
        }

        /** {@return the current value of {@link #session(SessionOptions)}, to change part of it} */
        public SessionOptions session() {
            return session;
        }

        /**
         * Sets the roles that the container is asked for at each handshake, since it cannot list a user's roles, and
         * cannot be asked later; none by default.
         *
         * @param names for {@link io.twintrace.websocket.handshake.HandshakeRequest#isUserInRole}
         * @return this builder
         */
        public Builder roles(List<String> names) {
            this.roles = List.copyOf(names);
            return this;
        }

        /** {@return the options} The builder can be used again. */
        public WebSocketOptions build() {
            return new WebSocketOptions(this);
        }

        private static long atLeast(long min, long value, String name) {
            if (value < min) {
                throw new IllegalArgumentException(name + " is " + value + ", but must be at least " + min);
            }
            return value;
        }

        private static Duration notNegative(Duration value, String name) {
            if (value.isNegative()) {
                throw new IllegalArgumentException(name + " is " + value + ", but must not be negative");
            }
            return value;
        }

        private static Duration positive(Duration value, String name) {
            if (notNegative(value, name).isZero()) {
                throw new IllegalArgumentException(name + " is " + value + ", but must be more than zero");
            }
            return value;
        }
    }
}
