package io.twintrace.websocket.room;

import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.internal.check.Require;
import java.util.Objects;
import java.util.function.Function;

/**
 * Options of a {@link Room}. Immutable. How much waits for a slow member, and what happens then, is up to its
 * connection: {@link io.twintrace.websocket.OutboxOptions}.
 *
 * @param history how many messages the room keeps for members that join or come back; 100 by default
 * @param historyBytes the most payload bytes that it keeps; 1 MiB by default
 * @param maxWaiting the most messages that wait to be delivered, because the room is busy with earlier ones; 1024 by
 *     default
 * @param maxWaitingBytes the most payload bytes of those; 16 MiB by default
 * @param format turns each message into what the members get, once on each node; the content itself by default
 * @param listener learns of members, and of trouble between nodes
 */
public record RoomOptions(
        int history,
        long historyBytes,
        int maxWaiting,
        long maxWaitingBytes,
        Function<RoomMessage, PreparedMessage> format,
        RoomListener listener) {
    private static final RoomOptions DEFAULTS =
            new RoomOptions(100, 1 << 20, 1024, 16 << 20, RoomMessage::content, new RoomListener() {});

    /**
     * Checks the values.
     *
     * @param history not negative
     * @param historyBytes not negative
     * @param maxWaiting at least 1
     * @param maxWaitingBytes at least 1
     * @param format not null
     * @param listener not null
     */
    public RoomOptions {
        history = Require.atLeast(0, history, "history");
        historyBytes = Require.atLeast(0, historyBytes, "historyBytes");
        maxWaiting = Require.atLeast(1, maxWaiting, "maxWaiting");
        maxWaitingBytes = Require.atLeast(1, maxWaitingBytes, "maxWaitingBytes");
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(listener, "listener");
    }

    /** {@return the defaults: 100 messages and 1 MiB are kept, and members get the content of each message} */
    public static RoomOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Sets how much the room keeps for members that join or come back.
     *
     * @param messages the most messages; 0 for none
     * @param bytes the most bytes of their payloads
     * @return changed options
     */
    public RoomOptions withHistory(int messages, long bytes) {
        return new RoomOptions(messages, bytes, maxWaiting, maxWaitingBytes, format, listener);
    }

    /**
     * Limits what waits to be delivered while the room is busy. A broadcast then waits, or is refused if its thread must
     * not wait, as in a call of a listener.
     *
     * @param messages the most messages
     * @param bytes the most bytes of their payloads
     * @return changed options
     */
    public RoomOptions withMaxWaiting(int messages, long bytes) {
        return new RoomOptions(history, historyBytes, messages, bytes, format, listener);
    }

    /**
     * Sets what members get of a message. Use it to tell them the {@linkplain RoomMessage#id() id}, which they name when
     * they come back.
     *
     * @param newFormat called once for each message, by the thread that delivers it; it must return soon
     * @return changed options
     */
    public RoomOptions withFormat(Function<RoomMessage, PreparedMessage> newFormat) {
        return new RoomOptions(history, historyBytes, maxWaiting, maxWaitingBytes, newFormat, listener);
    }

    /**
     * Sets the listener.
     *
     * @param newListener learns of members, and of trouble between nodes
     * @return changed options
     */
    public RoomOptions withListener(RoomListener newListener) {
        return new RoomOptions(history, historyBytes, maxWaiting, maxWaitingBytes, format, newListener);
    }
}
