package io.twintrace.websocket;

import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.handshake.OriginPolicy;
import io.twintrace.websocket.internal.check.Require;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Adds the options of the server: whom it accepts, what it agrees with the client in the handshake, and how it stops.
 *
 * @param <B> the builder that applications see
 */
abstract class ServerOptionsBuilder<B> extends ConnectionOptionsBuilder<B> {
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]++");

    private static final int MAX_REASON_BYTES = 123;

    Duration handshakeTimeout = Duration.ofSeconds(10);
    int maxConnections = 20_000;
    int maxConnectionsPerAddress;
    Duration retryAfter = Duration.ofSeconds(5);
    String stopReason = "server is stopping";
    OriginPolicy originPolicy = OriginPolicy.sameOrigin();
    List<String> subprotocols = List.of();
    DeflateOptions deflate = DeflateOptions.off();
    SessionOptions session = SessionOptions.defaults();
    List<String> roles = List.of();

    /**
     * Sets how long the hand-over of the socket may take; 10 seconds by default.
     *
     * @param timeout more than zero
     * @return this builder
     */
    public B handshakeTimeout(Duration timeout) {
        this.handshakeTimeout = Require.positive(timeout, "handshakeTimeout");
        return self();
    }

    /**
     * Sets the maximum number of open connections of one servlet; 20,000 by default.
     *
     * @param connections at least 1
     * @return this builder
     */
    public B maxConnections(int connections) {
        this.maxConnections = Require.atLeast(1, connections, "maxConnections");
        return self();
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
    public B maxConnectionsPerAddress(int connections) {
        this.maxConnectionsPerAddress = Require.atLeast(0, connections, "maxConnectionsPerAddress");
        return self();
    }

    /**
     * Sets after how many seconds a client may try again that was refused because the server is full or stops; 5
     * seconds by default. Sent as the header {@code Retry-After}, which programs can read, but pages in a browser
     * cannot.
     *
     * @param delay whole seconds; zero to send nothing
     * @return this builder
     */
    public B retryAfter(Duration delay) {
        if (!Require.notNegative(delay, "retryAfter").equals(Duration.ofSeconds(delay.toSeconds()))) {
            throw new IllegalArgumentException(
                    "retryAfter is " + delay + ", but the header holds whole seconds: round it up");
        }
        this.retryAfter = delay;
        return self();
    }

    /**
     * Sets the reason in the Close frame 1001 that each peer gets when the server stops; "server is stopping" by
     * default.
     *
     * @param reason at most 123 bytes of UTF-8
     * @return this builder
     */
    public B stopReason(String reason) {
        int bytes = reason.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_REASON_BYTES) {
            throw new IllegalArgumentException("stopReason has " + bytes
                    + " bytes of UTF-8, but a Close frame holds at most " + MAX_REASON_BYTES + ": shorten it");
        }
        this.stopReason = reason;
        return self();
    }

    /**
     * Sets which pages may connect; {@link OriginPolicy#sameOrigin()} by default.
     *
     * @param policy called at each handshake
     * @return this builder
     */
    public B originPolicy(OriginPolicy policy) {
        this.originPolicy = Objects.requireNonNull(policy, "policy");
        return self();
    }

    /**
     * Sets the subprotocols that the server supports (RFC 6455 section 1.9); none by default.
     *
     * @param names in order of preference
     * @return this builder
     * @throws IllegalArgumentException for a name that is not a token (RFC 9110 section 5.6.2)
     */
    public B subprotocols(List<String> names) {
        for (String name : names) {
            if (!TOKEN.matcher(name).matches()) {
                throw new IllegalArgumentException("\"" + name + "\" is not a valid subprotocol name: use only"
                        + " letters, digits and !#$%&'*+-.^_`|~");
            }
        }
        this.subprotocols = List.copyOf(names);
        return self();
    }

    /**
     * Sets the compression options; {@link DeflateOptions#off()} by default.
     *
     * @param options for permessage-deflate
     * @return this builder
     */
    public B deflate(DeflateOptions options) {
        this.deflate = Objects.requireNonNull(options, "options");
        return self();
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
    public B session(SessionOptions options) {
        this.session = Objects.requireNonNull(options, "options");
        return self();
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
    public B roles(List<String> names) {
        this.roles = List.copyOf(names);
        return self();
    }
}
