package io.twintrace.websocket;

import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.handshake.OriginPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

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
    public static final class Builder extends ServerOptionsBuilder<Builder> implements Cloneable {
        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** A copy of all fields is enough: no builder changes a value in place. */
        private Builder copy() {
            try {
                return (Builder) super.clone();
            } catch (CloneNotSupportedException e) {
                throw new AssertionError(e);
            }
        }

        /** {@return the options} The builder can be used again. */
        public WebSocketOptions build() {
            return new WebSocketOptions(this);
        }
    }
}
