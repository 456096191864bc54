package io.twintrace.websocket.redis;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket.redis");

    private final Connection connection;
    private boolean toldRefusal;

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

    /** {@return as {@link #callAll}, but null for a command that the kind of its key forbids} */
    List<Object> callEach(List<Command> commands) {
        List<Object> replies = new ArrayList<>(send(commands));
        for (int i = 0; i < replies.size(); i++) {
            if (replies.get(i) instanceof JedisDataException error && isRefusal(error)) {
                tellRefusal(commands.get(i), error);
                replies.set(i, null);
            }
        }
        return failing(replies);
    }

    private void tellRefusal(Command command, JedisDataException why) {
        if (!toldRefusal) {
            toldRefusal = true;
            LOGGER.log(
                    Level.WARNING,
                    () -> "Redis refuses " + command.name() + " for the key " + Command.text(command.arguments()[0])
                            + ", which something else has written; delete it, or choose another prefix in RedisOptions",
                    why);
        }
    }

    /** Whether only the key of the command is to blame. */
    private static boolean isRefusal(JedisDataException error) {
        String text = String.valueOf(error.getMessage());
        return text.startsWith("WRONGTYPE") || text.startsWith("ERR The ID ") || text.startsWith("ERR The stream ");
    }

    /**
     * Has either all commands executed, or none of them.
     *
     * @param watched the key that this connection watches, and goes on to
     * @return a reply for each command, a {@link JedisDataException} among them for a command that Redis started, but
     *     that the kind of its key forbids; empty if none was executed, because Redis was emptied
     */
    Optional<List<Object>> callAtOnce(List<Command> commands, String watched) {
        List<Command> all = new ArrayList<>(commands.size() + 3);
        all.add(Command.of(Protocol.Command.MULTI));
        all.addAll(commands);
        all.add(Command.of(Protocol.Command.EXEC));
        all.add(Command.of(Protocol.Command.WATCH, watched));
        Object executed = failing(send(all)).get(commands.size() + 1);
        return Optional.ofNullable(executed).map(RedisConnection::list);
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
