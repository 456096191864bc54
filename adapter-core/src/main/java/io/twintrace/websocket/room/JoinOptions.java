package io.twintrace.websocket.room;

import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.internal.check.Require;
import java.util.Objects;
import java.util.Optional;

/**
 * Says how a connection joins a {@link Room}. Immutable.
 *
 * @param value what other members see of this one ({@link Presence#value()}); empty by default
 * @param last how many messages of the past the member gets first; 0 by default
 * @param after the last message that the client has seen before it reconnected; empty if it is new. It gets all later
 *     messages, which takes the place of {@code last}
 * @param gapNotice sent before those if this node has not kept all messages after {@code after}; empty for none
 */
public record JoinOptions(String value, int last, Optional<MessageId> after, Optional<PreparedMessage> gapNotice) {
    private static final JoinOptions DEFAULTS = new JoinOptions("", 0, Optional.empty(), Optional.empty());

    /**
     * Checks the values.
     *
     * @param value not null
     * @param last not negative
     * @param after not null
     * @param gapNotice not null
     */
    public JoinOptions {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(after, "after");
        Objects.requireNonNull(gapNotice, "gapNotice");
        last = Require.atLeast(0, last, "last");
    }

    /** {@return the defaults: no value, and only messages from now on} */
    public static JoinOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Sets what other members see of this one.
     *
     * @param newValue a name, JSON, or whatever the application wants
     * @return changed options
     */
    public JoinOptions withValue(String newValue) {
        return new JoinOptions(newValue, last, after, gapNotice);
    }

    /**
     * Asks for messages of the past.
     *
     * @param messages the most to send; the room may keep fewer
     * @return changed options
     */
    public JoinOptions withLast(int messages) {
        return new JoinOptions(value, messages, after, gapNotice);
    }

    /**
     * Asks for all messages after one, for a client that has reconnected. If that message has not reached this node yet,
     * because the client saw it on a faster one, the member gets nothing up to it. An id that lies more than five minutes
     * ahead of this node's clock and of the latest message is none of the room's: the member gets all that is kept.
     *
     * @param seen the last message that the client has seen
     * @return changed options
     */
    public JoinOptions withAfter(MessageId seen) {
        return new JoinOptions(value, last, Optional.of(seen), gapNotice);
    }

    /**
     * Sets what tells the client that messages are missing.
     *
     * @param notice sent before the messages that are kept
     * @return changed options
     */
    public JoinOptions withGapNotice(PreparedMessage notice) {
        return new JoinOptions(value, last, after, Optional.of(notice));
    }
}
