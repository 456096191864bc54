package io.twintrace.websocket.redis;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.redis.RoomOutput.Published;
import io.twintrace.websocket.room.MessageId;
import io.twintrace.websocket.room.RoomMessage;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import redis.clients.jedis.Protocol;

/** An entry of a stream: its id, and its fields by their one-letter names. */
final class StreamEntry {
    private static final String WRITER = "w";
    private static final String SEQUENCE = "q";
    private static final String MISSING = "m";
    private static final String TYPE = "t";
    private static final String SENDER = "s";
    private static final String RECEIVER = "r";
    private static final String TO_SENDER = "e";
    private static final String KEY = "k";
    private static final String PAYLOAD = "p";

    private final String id;
    private final Map<String, byte[]> fields = new HashMap<>();

    /** Takes an entry as Redis sends it. */
    StreamEntry(Object reply) {
        List<Object> parts = RedisConnection.list(reply);
        id = Command.text(parts.get(0));
        List<Object> pairs = RedisConnection.list(parts.get(1));
        for (int i = 0; i + 1 < pairs.size(); i += 2) {
            fields.put(Command.text(pairs.get(i)), (byte[]) pairs.get(i + 1));
        }
    }

    static List<StreamEntry> all(Object entries) {
        return RedisConnection.list(entries).stream().map(StreamEntry::new).toList();
    }

    String id() {
        return id;
    }

    /** {@return a field's text; empty without such a field} */
    String text(String field) {
        byte[] value = fields.get(field);
        return value == null ? "" : Command.text(value);
    }

    /** {@return which opening of the room, on which node, has written this} */
    String writer() {
        return text(WRITER);
    }

    /**
     * Returns which message of its writer this is.
     *
     * @throws IllegalArgumentException if a backplane did not write this
     */
    long sequence() {
        return Long.parseLong(text(SEQUENCE));
    }

    /**
     * Returns how many messages its writer has dropped just before this one.
     *
     * @throws IllegalArgumentException if a backplane did not write this
     */
    long missing() {
        return fields.containsKey(MISSING) ? Long.parseLong(text(MISSING)) : 0;
    }

    /**
     * Returns the message.
     *
     * @throws IllegalArgumentException if a backplane did not write this
     */
    RoomMessage message() {
        byte[] payload = fields.get(PAYLOAD);
        if (payload == null) {
            throw new IllegalArgumentException("entry " + id + " has no payload");
        }
        MessageType type = text(TYPE).equals("T") ? MessageType.TEXT : MessageType.BINARY;
        return new RoomMessage(
                Optional.of(MessageId.parse(id)),
                optional(SENDER),
                optional(RECEIVER),
                fields.containsKey(TO_SENDER),
                optional(KEY),
                PreparedMessage.of(type, payload));
    }

    private Optional<String> optional(String field) {
        return Optional.ofNullable(fields.get(field)).map(Command::text);
    }

    /** {@return the command that appends a message to the stream of its room} */
    static Command append(int length, Published published) {
        RoomMessage message = published.message;
        Command command = Command.of(Protocol.Command.XADD, published.output.stream, "MAXLEN", "~", length, "*")
                .add(WRITER)
                .add(published.output.writer)
                .add(SEQUENCE)
                .add(published.sequence)
                .add(TYPE)
                .add(message.content().type() == MessageType.TEXT ? "T" : "B");
        if (published.missing > 0) {
            command.add(MISSING).add(published.missing);
        }
        message.sender().ifPresent(sender -> command.add(SENDER).add(sender));
        message.receiver().ifPresent(receiver -> command.add(RECEIVER).add(receiver));
        if (message.toSender()) {
            command.add(TO_SENDER).add("1");
        }
        message.key().ifPresent(key -> command.add(KEY).add(key));
        ByteBuffer content = message.content().payload();
        byte[] payload = new byte[content.remaining()];
        content.get(payload);
        return command.add(PAYLOAD).add(payload);
    }
}
