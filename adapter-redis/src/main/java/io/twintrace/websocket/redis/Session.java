package io.twintrace.websocket.redis;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import redis.clients.jedis.Protocol;

/** Two connections to Redis, one for each direction. When one fails, both are cut. */
final class Session implements AutoCloseable {
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final RedisConnection input;
    private final RedisConnection output;

    /** Connects, and proves that Redis takes writes, or throws what Jedis throws. */
    Session(RedisAddress address, RedisOptions options, String wakeKey, int blockMillis) {
        int timeout = (int) options.readTimeout().toMillis();
        output = new RedisConnection(address, options, timeout);
        try {
            output.callAll(wake(wakeKey, options));
            input = new RedisConnection(address, options, blockMillis + timeout);
        } catch (RuntimeException e) {
            output.cut();
            throw e;
        }
    }

    /** {@return the commands that let this node's reader go on; they also show that the node lives} */
    static List<Command> wake(String key, RedisOptions options) {
        return List.of(
                Command.of(Protocol.Command.XADD, key, "MAXLEN", 1, "*", "w", 1),
                Command.of(Protocol.Command.PEXPIRE, key, options.deadAfter().toMillis()));
    }

    /** For the reader. */
    RedisConnection input() {
        return input;
    }

    /** For the publisher. */
    RedisConnection output() {
        return output;
    }

    boolean failed() {
        return failure.get() != null;
    }

    /** {@return what failed first} */
    Throwable failure() {
        return failure.get();
    }

    void fail(Throwable why) {
        failure.compareAndSet(null, why);
        input.cut();
        output.cut();
    }

    @Override
    public void close() {
        fail(new IllegalStateException("closed"));
    }
}
