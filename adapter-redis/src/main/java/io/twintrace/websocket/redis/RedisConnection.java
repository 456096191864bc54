package io.twintrace.websocket.redis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** One connection to Redis. For one thread; any thread may cut it. */
final class RedisConnection {
    private final Connection connection;

    /** Connects and logs in, or throws what Jedis throws. */
    RedisConnection(RedisAddress address, RedisOptions options, int timeoutMillis) {
        JedisClientConfig config = address.config(options);
        connection = new Connection(once(new DefaultJedisSocketFactory(address.hostAndPort(), config)), config);
        connection.setSoTimeout(timeoutMillis);
    }

    /** Else Jedis connects again by itself when it is used after a cut, and nobody learns that replies are missing. */
    private static JedisSocketFactory once(JedisSocketFactory sockets) {
        AtomicBoolean used = new AtomicBoolean();
        return () -> {
            if (used.getAndSet(true)) {
                throw new JedisConnectionException("the connection was closed");
            }
            return sockets.createSocket();
        };
    }

    /** {@return the reply; an error reply is thrown} */
    Object call(Command command) {
        connection.sendCommand(command.name(), command.arguments());
        return connection.getOne();
    }

    /** {@return a reply for each command; an error reply is thrown once all are read} */
    List<Object> callAll(List<Command> commands) {
        return failing(send(commands));
    }

    /**
     * Has either all commands executed, or none of them.
     *
     * @return a reply for each command; a {@link JedisDataException} among them for a command that Redis started, but
     *     that the kind of its key forbids
     */
    List<Object> callAtOnce(List<Command> commands) {
        if (commands.size() == 1) {
            return failing(send(commands));
        }
        List<Command> all = new ArrayList<>(commands.size() + 2);
        all.add(Command.of(Protocol.Command.MULTI));
        all.addAll(commands);
        all.add(Command.of(Protocol.Command.EXEC));
        List<Object> replies = failing(send(all));
        return list(replies.get(replies.size() - 1));
    }

    private List<Object> send(List<Command> commands) {
        for (Command each : commands) {
            connection.sendCommand(each.name(), each.arguments());
        }
        return connection.getMany(commands.size());
    }

    private static List<Object> failing(List<Object> replies) {
        for (Object each : replies) {
            if (each instanceof JedisDataException error) {
                throw error;
            }
        }
        return replies;
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(Object reply) {
        return (List<Object>) reply;
    }

    /** Makes a waiting thread return with an exception. */
    void cut() {
        try {
            connection.forceDisconnect();
        } catch (IOException e) {
            // It is of no use any more.
        }
    }
}
