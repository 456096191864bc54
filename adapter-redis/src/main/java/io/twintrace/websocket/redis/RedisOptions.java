package io.twintrace.websocket.redis;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Options of a {@link RedisBackplane}. Immutable. All nodes must have the same prefix, heartbeat and {@code deadAfter}.
 *
 * @param prefix begins the name of every key; {@code twintrace:} by default
 * @param node the name of this node, which no other one has at the same time; empty, the default, for a random name
 * @param streamLength how many messages Redis keeps of each room, at least; 10,000 by default
 * @param keepFor how long Redis keeps the messages of a room that no node has open; 24 hours by default
 * @param maxWaiting how many messages may wait until they come back from Redis; 10,000 by default
 * @param maxWaitingBytes how many bytes of payload may wait; 16 MiB by default. One larger message may wait alone
 * @param whenAway what happens to messages while Redis cannot be reached; {@link WhenAway#HOLD} by default
 * @param heartbeat how often a node says that it lives, and compares what it knows of others; 5 s by default
 * @param deadAfter how long after its last heartbeat a node counts as dead; 15 s by default
 * @param connectTimeout how long connecting may take; 2 s by default
 * @param readTimeout how long an answer of Redis may take; 2 s by default
 * @param maxBackoff the longest pause between two attempts to connect, which begin at 100 ms; 10 s by default
 */
public record RedisOptions(
        String prefix,
        String node,
        int streamLength,
        Duration keepFor,
        int maxWaiting,
        long maxWaitingBytes,
        WhenAway whenAway,
        Duration heartbeat,
        Duration deadAfter,
        Duration connectTimeout,
        Duration readTimeout,
        Duration maxBackoff) {
    private static final Duration MAX_DEAD_AFTER = Duration.ofDays(365);

    /** More milliseconds would be an error for Redis, and more nanoseconds for this. */
    private static final Duration MAX_KEEP_FOR = Duration.ofDays(36_500);

    private static final RedisOptions DEFAULTS = new RedisOptions(
            "twintrace:",
            "",
            10_000,
            Duration.ofHours(24),
            10_000,
            16 << 20,
            WhenAway.HOLD,
            Duration.ofSeconds(5),
            Duration.ofSeconds(15),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10));

    /**
     * Checks the values.
     *
     * @param prefix not null
     * @param node without colons
     * @param streamLength at least 1
     * @param keepFor longer than {@code deadAfter}, at most 36,500 days
     * @param maxWaiting at least 1
     * @param maxWaitingBytes at least 1
     * @param whenAway not null
     * @param heartbeat at least 1 ms
     * @param deadAfter at least twice the heartbeat, at most 365 days
     * @param connectTimeout at least 1 ms
     * @param readTimeout at least 1 ms
     * @param maxBackoff at least 1 ms
     */
    public RedisOptions {
        Objects.requireNonNull(prefix, "prefix");
        Objects.requireNonNull(whenAway, "whenAway");
        if (node.indexOf(':') >= 0) {
            throw new IllegalArgumentException("node is \"" + node + "\", but must not contain a colon");
        }
        checkPositive("streamLength", streamLength);
        checkPositive("maxWaiting", maxWaiting);
        checkPositive("maxWaitingBytes", maxWaitingBytes);
        checkDuration("heartbeat", heartbeat);
        checkDuration("connectTimeout", connectTimeout);
        checkDuration("readTimeout", readTimeout);
        checkDuration("maxBackoff", maxBackoff);
        checkAtMost("deadAfter", deadAfter, MAX_DEAD_AFTER);
        checkAtMost("keepFor", keepFor, MAX_KEEP_FOR);
        if (deadAfter.compareTo(heartbeat.multipliedBy(2)) < 0) {
            throw new IllegalArgumentException("deadAfter is " + deadAfter
                    + ", but must be at least twice the heartbeat, which is " + heartbeat
                    + "; else a node that lives counts as dead");
        }
        if (keepFor.compareTo(deadAfter) <= 0) {
            throw new IllegalArgumentException(
                    "keepFor is " + keepFor + ", but must be longer than deadAfter, which is " + deadAfter);
        }
    }

    private static void checkPositive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + ", but must be at least 1");
        }
    }

    private static void checkDuration(String name, Duration value) {
        if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofDays(12)) > 0) {
            throw new IllegalArgumentException(name + " is " + value + ", but must be between 1 ms and 12 days");
        }
    }

    private static void checkAtMost(String name, Duration value, Duration max) {
        if (value.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                    name + " is " + value + ", but must be at most " + max.toDays() + " days");
        }
    }

    /** {@return the defaults} */
    public static RedisOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Sets what begins the name of every key.
     *
     * @param value ends with a colon by custom; put it in braces for Redis Cluster
     * @return changed options
     */
    public RedisOptions withPrefix(String value) {
        return with(draft -> draft.prefix = value);
    }

    /**
     * Sets the name of this node.
     *
     * @param value unique, without colons; empty for a random name
     * @return changed options
     */
    public RedisOptions withNode(String value) {
        return with(draft -> draft.node = value);
    }

    /**
     * Sets how many messages Redis keeps of each room.
     *
     * @param value at least 1
     * @return changed options
     */
    public RedisOptions withStreamLength(int value) {
        return with(draft -> draft.streamLength = value);
    }

    /**
     * Sets how long Redis keeps the messages of a room that no node has open.
     *
     * @param value longer than {@code deadAfter}
     * @return changed options
     */
    public RedisOptions withKeepFor(Duration value) {
        return with(draft -> draft.keepFor = value);
    }

    /**
     * Sets how many messages may wait.
     *
     * @param value at least 1
     * @return changed options
     */
    public RedisOptions withMaxWaiting(int value) {
        return with(draft -> draft.maxWaiting = value);
    }

    /**
     * Sets how many bytes of payload may wait.
     *
     * @param value at least 1
     * @return changed options
     */
    public RedisOptions withMaxWaitingBytes(long value) {
        return with(draft -> draft.maxWaitingBytes = value);
    }

    /**
     * Sets what happens to messages while Redis cannot be reached.
     *
     * @param value not null
     * @return changed options
     */
    public RedisOptions withWhenAway(WhenAway value) {
        return with(draft -> draft.whenAway = value);
    }

    /**
     * Sets how long connecting may take.
     *
     * @param value at least 1 ms
     * @return changed options
     */
    public RedisOptions withConnectTimeout(Duration value) {
        return with(draft -> draft.connectTimeout = value);
    }

    /**
     * Sets how long an answer of Redis may take.
     *
     * @param value at least 1 ms
     * @return changed options
     */
    public RedisOptions withReadTimeout(Duration value) {
        return with(draft -> draft.readTimeout = value);
    }

    /**
     * Sets the longest pause between two attempts to connect.
     *
     * @param value at least 1 ms
     * @return changed options
     */
    public RedisOptions withMaxBackoff(Duration value) {
        return with(draft -> draft.maxBackoff = value);
    }

    /**
     * Sets how often a node says that it lives, and when it counts as dead without.
     *
     * @param every at least 1 ms
     * @param dead at least twice as long
     * @return changed options
     */
    public RedisOptions withHeartbeat(Duration every, Duration dead) {
        return with(draft -> {
            draft.heartbeat = every;
            draft.deadAfter = dead;
        });
    }

    private RedisOptions with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.options();
    }

    /** Options that can be changed. */
    private static final class Draft {
        private String prefix;
        private String node;
        private int streamLength;
        private Duration keepFor;
        private int maxWaiting;
        private long maxWaitingBytes;
        private WhenAway whenAway;
        private Duration heartbeat;
        private Duration deadAfter;
        private Duration connectTimeout;
        private Duration readTimeout;
        private Duration maxBackoff;

        Draft(RedisOptions options) {
            prefix = options.prefix;
            node = options.node;
            streamLength = options.streamLength;
            keepFor = options.keepFor;
            maxWaiting = options.maxWaiting;
            maxWaitingBytes = options.maxWaitingBytes;
            whenAway = options.whenAway;
            heartbeat = options.heartbeat;
            deadAfter = options.deadAfter;
            connectTimeout = options.connectTimeout;
            readTimeout = options.readTimeout;
            maxBackoff = options.maxBackoff;
        }

        RedisOptions options() {
            return new RedisOptions(
                    prefix,
                    node,
                    streamLength,
                    keepFor,
                    maxWaiting,
                    maxWaitingBytes,
                    whenAway,
                    heartbeat,
                    deadAfter,
                    connectTimeout,
                    readTimeout,
                    maxBackoff);
        }
    }
}
