package io.twintrace.websocket;

import io.twintrace.websocket.deflate.DeflateOptions;
import io.twintrace.websocket.deflate.DeflatePool;
import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.handshake.Handshake;
import io.twintrace.websocket.handshake.OriginPolicy;
import io.twintrace.websocket.transport.BufferPool;
import io.twintrace.websocket.transport.MessagePool;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

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
    /** So many buffers at rest are kept in each pool: 16 MiB with the default size. */
    private static final int BUFFERS_AT_REST = 1024;

    /** What a container's streams are given and asked for at once. */
    private static final int STREAM_BUFFER_SIZE = 8 * 1024;

    /** Each deflater has about 260 KiB of native memory, each inflater 40. */
    private static final int DEFLATERS_AT_REST = 32;

    private final Builder values;
    private final Handshake handshake;
    private final BufferPool readPool;
    private final BufferPool writePool;
    private final MessagePool messagePool;
    private final BufferPool streamPool;
    private final DeflatePool deflatePool;

    /** Null where nobody asks for it. */
    private final CallSampler callSampler;

    private WebSocketOptions(Builder builder) {
        this.values = builder.copy();
        this.handshake = new Handshake(values.originPolicy, values.subprotocols, values.deflate);
        this.readPool = new BufferPool(values.readBufferSize, BUFFERS_AT_REST);
        this.writePool = new BufferPool(values.writeBufferSize, BUFFERS_AT_REST);
        this.messagePool = new MessagePool();
        this.streamPool = BufferPool.onHeap(STREAM_BUFFER_SIZE, BUFFERS_AT_REST);
        this.callSampler = values.slowCallThreshold.isZero() ? null : new CallSampler(values.slowCallThreshold);
        this.deflatePool = new DeflatePool(DEFLATERS_AT_REST, values.deflate.maxContexts());
    }

    /** A builder that holds the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** The defaults. */
    public static WebSocketOptions defaults() {
        return builder().build();
    }

    /** A builder that holds these options. */
    public Builder toBuilder() {
        return values.copy();
    }

    /** The most bytes of one received message, over all its fragments; 0 for no limit. */
    public long readLimit() {
        return values.readLimit;
    }

    /** The most fragments of one received message. */
    public int fragmentLimit() {
        return values.fragmentLimit;
    }

    /** How long the hand-over of the socket may take after the request was accepted. */
    public Duration handshakeTimeout() {
        return values.handshakeTimeout;
    }

    /** How long the closing handshake may take before the TCP connection is closed without it. */
    public Duration closeTimeout() {
        return values.closeTimeout;
    }

    /** How long a connection may be without traffic, and a frame incomplete; zero for no limit. */
    public Duration idleTimeout() {
        return values.idleTimeout;
    }

    /** How long writing one frame may take, unless the application sets a deadline; zero for no limit. */
    public Duration writeTimeout() {
        return values.writeTimeout;
    }

    /**
     * How many bytes that a listener has written may wait for the peer to read them, before no more messages are taken;
     * the last one is taken whole.
     */
    public int backlogLimit() {
        return values.backlogLimit;
    }

    /**
     * How long a call of a listener whose {@link WebSocketListener#isNonBlocking()} is true may take before the log is
     * told, with the call's stack; zero for any time.
     */
    public Duration slowCallThreshold() {
        return values.slowCallThreshold;
    }

    /** Finds calls that take longer than the threshold; null where there is none. */
    CallSampler callSampler() {
        return callSampler;
    }

    /**
     * Whether small messages written by the thread that reads the connection wait until it comes back to read, for
     * about two milliseconds at most, as long as there is more input for it already; then they leave together.
     */
    public boolean writeCoalescing() {
        return values.writeCoalescing;
    }

    /** How long what is put aside may wait for the reading thread. */
    long coalescingNanos() {
        return values.coalescingNanos;
    }

    /** How long a handler may write without reading before the log tells of it. */
    long unreadNanos() {
        return values.unreadNanos;
    }

    /** The most connections open at the same time through one servlet; more are refused with 503. */
    public int maxConnections() {
        return values.maxConnections;
    }

    /** How much the detector watches. */
    public DetectorLevel detectorLevel() {
        return values.detectorLevel;
    }

    /** Told of each conflict, beside the log. */
    public ConcurrentWriteListener concurrentWriteListener() {
        return values.concurrentWriteListener;
    }

    /** By which rule the threads of a connection keep from writing at once; made for each connection anew. */
    public Function<WebSocketConnection, WriteDiscipline> writeDiscipline() {
        return values.writeDiscipline;
    }

    /** The bounds of each connection's outbox. */
    public OutboxOptions outbox() {
        return values.outbox;
    }

    /** Whether and how messages are compressed. */
    public DeflateOptions deflate() {
        return values.deflate;
    }

    /** Checks and answers opening handshakes by the origins, subprotocols and compression of these options. */
    public Handshake handshake() {
        return handshake;
    }

    /** Buffers for reading; its balance shows what is in use, beside what a container's own buffers hold. */
    public BufferPool readPool() {
        return readPool;
    }

    /** Buffers for writing; its balance shows what is in use. */
    public BufferPool writePool() {
        return writePool;
    }

    /** Buffers for a listener's messages that do not arrive in one piece; its balance shows what is in use. */
    public MessagePool messagePool() {
        return messagePool;
    }

    /** Buffers for the streams of containers other than Jetty; its balance shows what is in use. */
    public BufferPool streamPool() {
        return streamPool;
    }

    /** Inflaters and deflaters; its balance shows what is in use. */
    public DeflatePool deflatePool() {
        return deflatePool;
    }

    /** Collects options. Not safe for several threads. */
    public static final class Builder {
        private long readLimit = 1 << 20;
        private int fragmentLimit = 1 << 20;
        private Duration handshakeTimeout = Duration.ofSeconds(10);
        private Duration closeTimeout = Duration.ofSeconds(5);
        private Duration idleTimeout = Duration.ofMinutes(5);
        private Duration writeTimeout = Duration.ofSeconds(30);
        private int backlogLimit = 1024 * 1024;
        private Duration slowCallThreshold = Duration.ofMillis(200);
        private boolean writeCoalescing = true;
        private long coalescingNanos = TimeUnit.MICROSECONDS.toNanos(500);
        private long unreadNanos = TimeUnit.SECONDS.toNanos(10);
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
            copy.backlogLimit = backlogLimit;
            copy.slowCallThreshold = slowCallThreshold;
            copy.writeCoalescing = writeCoalescing;
            copy.coalescingNanos = coalescingNanos;
            copy.unreadNanos = unreadNanos;
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

        /** 1 MiB by default; 0 for no limit, which lets any peer fill the memory. */
        public Builder readLimit(long bytes) {
            this.readLimit = atLeast(0, bytes, "readLimit");
            return this;
        }

        /** 1,048,576 by default. */
        public Builder fragmentLimit(int fragments) {
            this.fragmentLimit = (int) atLeast(1, fragments, "fragmentLimit");
            return this;
        }

        /** 10 seconds by default. */
        public Builder handshakeTimeout(Duration timeout) {
            this.handshakeTimeout = positive(timeout, "handshakeTimeout");
            return this;
        }

        /** 5 seconds by default. */
        public Builder closeTimeout(Duration timeout) {
            this.closeTimeout = positive(timeout, "closeTimeout");
            return this;
        }

        /** 5 minutes by default; zero for no limit. */
        public Builder idleTimeout(Duration timeout) {
            this.idleTimeout = notNegative(timeout, "idleTimeout");
            return this;
        }

        /** 30 seconds by default; zero for no limit, which lets a peer that never reads hold a writer for ever. */
        public Builder writeTimeout(Duration timeout) {
            this.writeTimeout = notNegative(timeout, "writeTimeout");
            return this;
        }

        /**
         * 1 MiB by default, at least 1 byte. A single message may be longer: the limit says when no further one is
         * taken.
         */
        public Builder backlogLimit(int bytes) {
            this.backlogLimit = (int) atLeast(1, bytes, "backlogLimit");
            return this;
        }

        /**
         * 200 milliseconds by default; zero for no warning. A call of a listener that says it never blocks, and takes
         * longer, is logged with its stack: once a connection, after which they are counted. Threads are looked at four
         * times in that time, so a call of up to a quarter more may escape.
         */
        public Builder slowCallThreshold(Duration threshold) {
            this.slowCallThreshold = notNegative(threshold, "slowCallThreshold");
            return this;
        }

        /**
         * On by default. What a handler writes while it has not read all that has arrived leaves when it has, when it
         * writes more than fits into the write buffer, when it calls {@link WebSocketConnection#flush()}, and after
         * about two milliseconds in any case.
         */
        public Builder writeCoalescing(boolean on) {
            this.writeCoalescing = on;
            return this;
        }

        /** For tests, which have no time. */
        Builder unreadPatience(Duration patience) {
            this.unreadNanos = patience.toNanos();
            return this;
        }

        /** For tests, which have all the time there is, or none. */
        Builder coalescingDelay(Duration delay) {
            this.coalescingNanos = delay.toNanos();
            return this;
        }

        /**
         * 16 KiB by default, at least 256 bytes. Held only while input waits to be read. What embedded or stock Jetty
         * has read ahead for a handler, without TLS, lies in Jetty's buffers instead: 32 KiB, and once as much while it
         * works on those.
         */
        public Builder readBufferSize(int bytes) {
            this.readBufferSize = (int) atLeast(256, bytes, "readBufferSize");
            return this;
        }

        /**
         * 16 KiB by default, at least 256 bytes. Held only during a write, while small messages are put aside, and
         * while a MessageWriter is open.
         */
        public Builder writeBufferSize(int bytes) {
            this.writeBufferSize = (int) atLeast(256, bytes, "writeBufferSize");
            return this;
        }

        /** 20,000 by default. */
        public Builder maxConnections(int connections) {
            this.maxConnections = (int) atLeast(1, connections, "maxConnections");
            return this;
        }

        /** {@link DetectorLevel#MESSAGES} by default. */
        public Builder detectorLevel(DetectorLevel level) {
            this.detectorLevel = Objects.requireNonNull(level, "level");
            return this;
        }

        /** None by default: conflicts are logged in any case. */
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
         */
        public Builder writeDiscipline(Function<WebSocketConnection, WriteDiscipline> discipline) {
            this.writeDiscipline = Objects.requireNonNull(discipline, "discipline");
            return this;
        }

        /** {@link OutboxOptions#defaults()} by default. */
        public Builder outbox(OutboxOptions options) {
            this.outbox = Objects.requireNonNull(options, "options");
            return this;
        }

        /** What was set by {@link #outbox(OutboxOptions)}, for changing one of its values. */
        public OutboxOptions outbox() {
            return outbox;
        }

        /** {@link OriginPolicy#sameOrigin()} by default. */
        public Builder originPolicy(OriginPolicy policy) {
            this.originPolicy = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /** None by default; the preferred one first. */
        public Builder subprotocols(List<String> names) {
            this.subprotocols = List.copyOf(names);
            return this;
        }

        /** {@link DeflateOptions#off()} by default. */
        public Builder deflate(DeflateOptions options) {
            this.deflate = Objects.requireNonNull(options, "options");
            return this;
        }

        /** What was set by {@link #deflate(DeflateOptions)}, for changing one of its values. */
        public DeflateOptions deflate() {
            return deflate;
        }

        /**
         * Makes the options; the builder may be used further.
         *
         * @throws IllegalArgumentException for a subprotocol that is not a token
         */
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
