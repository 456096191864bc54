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

    /** Checks the values. */
    public OutboxOptions {
        if (maxMessages < 1) {
            throw new IllegalArgumentException("maxMessages is " + maxMessages + ", but must be at least 1");
        }
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes is " + maxBytes + ", but must be at least 1");
        }
        Objects.requireNonNull(whenFull, "whenFull");
    }

    /** 1024 messages, 1 MiB, and a peer that is slower than that is closed with 1013. */
    public static OutboxOptions defaults() {
        return DEFAULTS;
    }

    /** The same, but with another number of messages. */
    public OutboxOptions withMaxMessages(int value) {
        return new OutboxOptions(value, maxBytes, whenFull);
    }

    /** The same, but with another number of bytes. */
    public OutboxOptions withMaxBytes(int value) {
        return new OutboxOptions(maxMessages, value, whenFull);
    }

    /** The same, but with another way to be full. */
    public OutboxOptions withWhenFull(WhenFull value) {
        return new OutboxOptions(maxMessages, maxBytes, value);
    }
}
