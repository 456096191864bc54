package io.twintrace.websocket.redis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * What Redis says of a stream.
 *
 * @param first the id of the first entry that is there; empty if none is
 * @param last the id that was given last
 * @param added how many entries were ever added; {@link Position#UNKNOWN} before Redis 7
 * @param removed how many of them are gone; {@link Position#UNKNOWN} before Redis 7
 */
record StreamInfo(Optional<EntryId> first, EntryId last, long added, long removed) {
    /** {@return empty if there is no such stream} */
    static Optional<StreamInfo> read(RedisConnection connection, String stream) {
        List<Object> reply;
        try {
            reply = RedisConnection.list(connection.call(Command.of(Protocol.Command.XINFO, "STREAM", stream)));
        } catch (JedisDataException e) {
            if (e.getMessage().contains("no such key")) {
                return Optional.empty();
            }
            if (e.getMessage().startsWith("WRONGTYPE")) {
                throw new IllegalStateException(
                        "the key " + stream + " is no stream; delete it, or choose another prefix in RedisOptions", e);
            }
            throw e;
        }
        Map<String, Object> values = new HashMap<>();
        for (int i = 0; i + 1 < reply.size(); i += 2) {
            values.put(Command.text(reply.get(i)), reply.get(i + 1));
        }
        Optional<EntryId> first =
                Optional.ofNullable(values.get("first-entry")).map(entry -> EntryId.parse(new StreamEntry(entry).id()));
        EntryId last = EntryId.parse(Command.text(values.get("last-generated-id")));
        if (!(values.get("entries-added") instanceof Long added)) {
            return Optional.of(new StreamInfo(first, last, Position.UNKNOWN, Position.UNKNOWN));
        }
        return Optional.of(new StreamInfo(first, last, added, added - (Long) values.get("length")));
    }
}
