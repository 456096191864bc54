package io.twintrace.websocket;

import java.util.Objects;

/**
 * The bounds of an {@link Outbox}. Immutable.
 *
 * @param maxMessages the most messages that wait, 1024 by default
 * @param maxBytes the most bytes of payload that wait, and so the largest message; 1 MiB by default
 * @param whenFull what happens to a message that would pass one of them; {@link WhenFull#closePeer()} by default
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
        if (maxMessages < 1) {
            throw new IllegalArgumentException("maxMessages is " + maxMessages + ", but must be at least 1");
        }
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes is " + maxBytes + ", but must be at least 1");
        }
        Objects.requireNonNull(whenFull, "whenFull");
    }

    /** {@return the defaults: 1024 messages, 1 MiB, and a peer that is slower than that is closed with 1013} */
    public static OutboxOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Changes the most messages that wait.
     *
     * @param value at least 1
     * @return changed options
     */
    public OutboxOptions withMaxMessages(int value) {
        return new OutboxOptions(value, maxBytes, whenFull);
    }

    /**
     * Changes the most bytes that wait.
     *
     * @param value at least 1
     * @return changed options
     */
    public OutboxOptions withMaxBytes(int value) {
        return new OutboxOptions(maxMessages, value, whenFull);
    }

    /**
     * Changes what happens to a message without room.
     *
     * @param value the way to be full
     * @return changed options
     */
    public OutboxOptions withWhenFull(WhenFull value) {
        return new OutboxOptions(maxMessages, maxBytes, value);
    }
}
