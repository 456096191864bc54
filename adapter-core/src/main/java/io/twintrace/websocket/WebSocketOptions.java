package io.twintrace.websocket;

import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.handshake.OriginPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What a server decides about its connections. Immutable, safe for any thread; one object serves any number of
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

    /** {@return a builder that holds the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return the defaults} */
    public static WebSocketOptions defaults() {
        return builder().build();
    }

    /** {@return a builder that holds these options} */
    public Builder toBuilder() {
        return values.copy();
    }

    /** {@return the most bytes of one received message, over all its fragments; 0 for no limit} */
    public long readLimit() {
        return values.readLimit;
    }

    /** {@return the most fragments of one received message} */
    public int fragmentLimit() {
        return values.fragmentLimit;
    }

    /** {@return how long the hand-over of the socket may take after the request was accepted} */
    public Duration handshakeTimeout() {
        return values.handshakeTimeout;
    }

    /** {@return how long the closing handshake may take before the TCP connection is closed without it} */
    public Duration closeTimeout() {
        return values.closeTimeout;
    }

    /** {@return how long a connection may be without traffic, and a frame incomplete; zero for no limit} */
    public Duration idleTimeout() {
        return values.idleTimeout;
    }

    /** {@return how long writing one frame may take, unless the application sets a deadline; zero for no limit} */
    public Duration writeTimeout() {
        return values.writeTimeout;
    }

    /**
     * {@return how many bytes that a listener has written may wait for the peer to read them, before no more messages
     * are taken; the last one is taken whole}
     */
    public int pendingWriteLimit() {
        return values.pendingWriteLimit;
    }

    /**
     * {@return how long a call of a listener whose {@link WebSocketListener#isNonBlocking()} is true may take before
     * the log is told, with the call's stack; zero for any time}
     */
    public Duration slowCallThreshold() {
        return values.slowCallThreshold;
    }

    /**
     * {@return whether small messages written by the thread that reads the connection wait until it comes back to read,
     * for about two milliseconds at most, as long as there is more input for it already; then they leave together}
     */
    public boolean writeCoalescing() {
        return values.writeCoalescing;
    }

    /** {@return how long messages stay put aside for the reading thread to come back} */
    public Duration coalescingDelay() {
        return values.coalescingDelay;
    }

    /** {@return how long a handler may write without reading before the log says so; zero for any time} */
    public Duration unreadThreshold() {
        return values.unreadThreshold;
    }

    /** {@return the size of each buffer for reading, in bytes} */
    public int readBufferSize() {
        return values.readBufferSize;
    }

    /** {@return the size of each buffer for writing, in bytes} */
    public int writeBufferSize() {
        return values.writeBufferSize;
    }

    /** {@return the most connections open at the same time through one servlet; more are refused with 503} */
    public int maxConnections() {
        return values.maxConnections;
    }

    /** {@return how much the detector watches} */
    public DetectorLevel detectorLevel() {
        return values.detectorLevel;
    }

    /** {@return the listener that is told of each conflict, beside the log} */
    public ConcurrentWriteListener concurrentWriteListener() {
        return values.concurrentWriteListener;
    }

    /** {@return what makes, for each connection, the rule by which its threads keep from writing at once} */
    public Function<WebSocketConnection, WriteDiscipline> writeDiscipline() {
        return values.writeDiscipline;
    }

    /** {@return the bounds of each outbox} */
    public OutboxOptions outbox() {
        return values.outbox;
    }

    /** {@return whether and how messages are compressed} */
    public DeflateOptions deflate() {
        return values.deflate;
    }

    /** {@return the policy that says which pages may connect} */
    public OriginPolicy originPolicy() {
        return values.originPolicy;
    }

    /** {@return the subprotocols that the server speaks, the preferred one first} */
    public List<String> subprotocols() {
        return values.subprotocols;
    }

    /** Collects options. Not safe for several threads. */
    public static final class Builder {
        private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]++");

        private long readLimit = 1 << 20;
        private int fragmentLimit = 1 << 20;
        private Duration handshakeTimeout = Duration.ofSeconds(10);
        private Duration closeTimeout = Duration.ofSeconds(5);
        private Duration idleTimeout = Duration.ofMinutes(5);
        private Duration writeTimeout = Duration.ofSeconds(30);
        private int pendingWriteLimit = 1024 * 1024;
        private Duration slowCallThreshold = Duration.ofMillis(200);
        private boolean writeCoalescing = true;
        private Duration coalescingDelay = Duration.ofNanos(500_000);
        private Duration unreadThreshold = Duration.ofSeconds(10);
        private int readBufferSize = 16 * 1024;
        private int writeBufferSize = 16 * 1024;
        private int maxConnections = 20_000;
        private DetectorLevel detectorLevel = DetectorLevel.MESSAGES;
        private ConcurrentWriteListener concurrentWriteListener = report -> {};
        private Function<WebSocketConnection, WriteDiscipline> writeDiscipline = connection -> WriteDiscipline.none();
        private OutboxOptions outbox = OutboxOptions.defaults();
        private OriginPolicy originPolicy = OriginPolicy.sameOrigin();
        private List<String> subprotocols = List.of();
        private DeflateOptions deflate = DeflateOptions.off();

        private Builder() {}

        private Builder copy() {
            Builder copy = new Builder();
            copy.readLimit = readLimit;
            copy.fragmentLimit = fragmentLimit;
            copy.handshakeTimeout = handshakeTimeout;
            copy.closeTimeout = closeTimeout;
            copy.idleTimeout = idleTimeout;
            copy.writeTimeout = writeTimeout;
            copy.pendingWriteLimit = pendingWriteLimit;
            copy.slowCallThreshold = slowCallThreshold;
            copy.writeCoalescing = writeCoalescing;
            copy.coalescingDelay = coalescingDelay;
            copy.unreadThreshold = unreadThreshold;
            copy.readBufferSize = readBufferSize;
            copy.writeBufferSize = writeBufferSize;
            copy.maxConnections = maxConnections;
            copy.detectorLevel = detectorLevel;
            copy.concurrentWriteListener = concurrentWriteListener;
            copy.writeDiscipline = writeDiscipline;
            copy.outbox = outbox;
            copy.originPolicy = originPolicy;
            copy.subprotocols = subprotocols;
            copy.deflate = deflate;
            return copy;
        }

        /**
         * Sets the most bytes of one received message; 1 MiB by default.
         *
         * @param bytes 0 for no limit, which lets any peer fill the memory
         * @return this builder
         */
        public Builder readLimit(long bytes) {
            this.readLimit = atLeast(0, bytes, "readLimit");
            return this;
        }

        /**
         * Sets the most fragments of one received message; 1,048,576 by default.
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
         * Sets how long the closing handshake may take; 5 seconds by default.
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
         * Sets how long writing one frame may take; 30 seconds by default.
         *
         * @param timeout zero for no limit, which lets a peer that never reads hold a writer for ever
         * @return this builder
         */
        public Builder writeTimeout(Duration timeout) {
            this.writeTimeout = notNegative(timeout, "writeTimeout");
            return this;
        }

        /**
         * Sets how many bytes of a listener may wait for the peer; 1 MiB by default. A single message may be longer:
         * the limit says when no further one is taken.
         *
         * @param bytes at least 1
         * @return this builder
         */
        public Builder pendingWriteLimit(int bytes) {
            this.pendingWriteLimit = (int) atLeast(1, bytes, "pendingWriteLimit");
            return this;
        }

        /**
         * 200 milliseconds by default; zero for no warning. A call of a listener that says it never blocks, and takes
         * longer, is logged with its stack: once a connection, after which they are counted. Threads are looked at four
         * times in that time, so a call of up to a quarter more may escape.
         *
         * @param threshold zero for no warning
         * @return this builder
         */
        public Builder slowCallThreshold(Duration threshold) {
            this.slowCallThreshold = notNegative(threshold, "slowCallThreshold");
            return this;
        }

        /**
         * On by default. What a handler writes while it has not read all that has arrived leaves when it has, when it
         * writes more than fits into the write buffer, when it calls {@link WebSocketConnection#flush()}, and after
         * about two milliseconds in any case.
         *
         * @param on whether small messages may wait for each other
         * @return this builder
         */
        public Builder writeCoalescing(boolean on) {
            this.writeCoalescing = on;
            return this;
        }

        /**
         * Half a millisecond by default. What is put aside leaves two milliseconds after that at the latest, even if
         * the thread that has written it does not come back to read.
         *
         * @param delay more than zero
         * @return this builder
         */
        public Builder coalescingDelay(Duration delay) {
            this.coalescingDelay = positive(delay, "coalescingDelay");
            return this;
        }

        /**
         * 10 seconds by default; zero for no warning. A handler that writes for longer than this and does not read
         * leaves Pings unanswered, and its peer's Close. The log says so once for each connection.
         *
         * @param threshold zero for no warning
         * @return this builder
         */
        public Builder unreadThreshold(Duration threshold) {
            this.unreadThreshold = notNegative(threshold, "unreadThreshold");
            return this;
        }

        /**
         * 16 KiB by default, at least 256 bytes. Held only while input waits to be read. What embedded or stock Jetty
         * has read ahead for a handler, without TLS, lies in Jetty's buffers instead: 32 KiB, and once as much while it
         * works on those.
         *
         * @param bytes at least 256
         * @return this builder
         */
        public Builder readBufferSize(int bytes) {
            this.readBufferSize = (int) atLeast(256, bytes, "readBufferSize");
            return this;
        }

        /**
         * 16 KiB by default, at least 256 bytes. Held only during a write, while small messages are put aside, and
         * while a MessageWriter is open.
         *
         * @param bytes at least 256
         * @return this builder
         */
        public Builder writeBufferSize(int bytes) {
            this.writeBufferSize = (int) atLeast(256, bytes, "writeBufferSize");
            return this;
        }

        /**
         * Sets how many connections one servlet may have open; 20,000 by default.
         *
         * @param connections at least 1
         * @return this builder
         */
        public Builder maxConnections(int connections) {
            this.maxConnections = (int) atLeast(1, connections, "maxConnections");
            return this;
        }

        /**
         * Sets how much the detector watches; {@link DetectorLevel#MESSAGES} by default.
         *
         * @param level what to look for, and at what cost
         * @return this builder
         */
        public Builder detectorLevel(DetectorLevel level) {
            this.detectorLevel = Objects.requireNonNull(level, "level");
            return this;
        }

        /**
         * Sets the listener that is told of each conflict; none by default. Conflicts are logged in any case.
         *
         * @param listener may be called by any thread
         * @return this builder
         */
        public Builder concurrentWriteListener(ConcurrentWriteListener listener) {
            this.concurrentWriteListener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /**
         * None by default. The upgrade servlet calls the function once for each connection, on the handler's thread
         * (for a listener, on any) before the handler:
         * {@code connection -> WriteDiscipline.confinedTo(Thread.currentThread())} leaves writing to the handler,
         * {@code WriteDiscipline::guardedBy} asks for {@code synchronized (connection)} around each write. Where a lock
         * is made later, {@link WebSocketConnection#declareWriteDiscipline} declares it.
         *
         * @param discipline makes the rule of a connection
         * @return this builder
         */
        public Builder writeDiscipline(Function<WebSocketConnection, WriteDiscipline> discipline) {
            this.writeDiscipline = Objects.requireNonNull(discipline, "discipline");
            return this;
        }

        /**
         * Sets the bounds of each outbox; {@link OutboxOptions#defaults()} by default.
         *
         * @param options for the outbox of each connection
         * @return this builder
         */
        public Builder outbox(OutboxOptions options) {
            this.outbox = Objects.requireNonNull(options, "options");
            return this;
        }

        /** {@return what {@link #outbox(OutboxOptions)} has set, for changing one of its values} */
        public OutboxOptions outbox() {
            return outbox;
        }

        /**
         * Sets which pages may connect; {@link OriginPolicy#sameOrigin()} by default.
         *
         * @param policy asked at each handshake
         * @return this builder
         */
        public Builder originPolicy(OriginPolicy policy) {
            this.originPolicy = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /**
         * Sets the subprotocols that the server speaks; none by default.
         *
         * @param names the preferred one first
         * @return this builder
         * @throws IllegalArgumentException for a name that is not a token (RFC 9110 section 5.6.2)
         */
        public Builder subprotocols(List<String> names) {
            for (String name : names) {
                if (!TOKEN.matcher(name).matches()) {
                    throw new IllegalArgumentException("\"" + name + "\" is not a subprotocol's name: only letters,"
                            + " digits and !#$%&'*+-.^_`|~ may stand in one");
                }
            }
            this.subprotocols = List.copyOf(names);
            return this;
        }

        /**
         * Sets whether and how messages are compressed; {@link DeflateOptions#off()} by default.
         *
         * @param options for permessage-deflate
         * @return this builder
         */
        public Builder deflate(DeflateOptions options) {
            this.deflate = Objects.requireNonNull(options, "options");
            return this;
        }

        /** {@return what {@link #deflate(DeflateOptions)} has set, for changing one of its values} */
        public DeflateOptions deflate() {
            return deflate;
        }

        /** {@return the options} The builder may be used further. */
        public WebSocketOptions build() {
            return new WebSocketOptions(this);
        }

        private static long atLeast(long least, long value, String name) {
            if (value < least) {
                throw new IllegalArgumentException(name + " is " + value + ", but must be at least " + least);
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
                throw new IllegalArgumentException(name + " must be more than zero");
            }
            return value;
        }
    }
}
