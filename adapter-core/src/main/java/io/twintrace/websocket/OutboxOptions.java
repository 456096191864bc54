package io.twintrace.websocket;

import io.twintrace.websocket.internal.check.Require;
import java.util.Objects;

/**
 * Sets the limits of an {@link Outbox}. Immutable.
 *
 * @param maxMessages the maximum number of waiting messages; 1024 by default
 * @param maxBytes the maximum number of waiting payload bytes, and so the largest message; 1 MiB by default
 * @param whenFull the action for a message that exceeds a limit; {@link WhenFull#closePeer()} by default
 */
public record OutboxOptions(int maxMessages, int maxBytes, WhenFull whenFull) {
    private static final OutboxOptions DEFAULTS = new OutboxOptions(1024, 1 << 20, WhenFull.closePeer());

    /**
     * Checks the values.
     *
     * @param maxMessages at least 1
     * @param maxBytes at least 1
     * @param whenFull not null
     */
    public OutboxOptions {
        maxMessages = Require.atLeast(1, maxMessages, "maxMessages");
        maxBytes = Require.atLeast(1, maxBytes, "maxBytes");
        Objects.requireNonNull(whenFull, "whenFull");
    }

    /** {@return the defaults: 1024 messages, 1 MiB, and a peer that reads too slowly is closed with 1013} */
    public static OutboxOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Sets the maximum number of waiting messages.
     *
     * @param value at least 1
     * @return changed options
     */
    public OutboxOptions withMaxMessages(int value) {
        return new OutboxOptions(value, maxBytes, whenFull);
    }

    /**
     * Sets the maximum number of waiting bytes.
     *
     * @param value at least 1
     * @return changed options
     */
    public OutboxOptions withMaxBytes(int value) {
        return new OutboxOptions(maxMessages, value, whenFull);
    }

    /**
     * Sets the action for a message that does not fit.
     *
     * @param value not null
     * @return changed options
     */
    public OutboxOptions withWhenFull(WhenFull value) {
        return new OutboxOptions(maxMessages, maxBytes, value);
    }
}
