package io.twintrace.websocket.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import redis.clients.jedis.Protocol;

/**
 * Two connections to Redis, one for each direction. When one fails, both are cut.
 *
 * <p>A node whose connection breaks does not know if Redis executed the last batch. So each batch leaves its number in a
 * hash, and the next session reads it. The output connection watches the hash, and the next session begins with a
 * write to it: Redis executes nothing that the old connection has sent and that arrives later.
 */
final class Session implements AutoCloseable {
    /** In the hash. */
    private static final String BATCH = "b";

    private static final String SESSION = "s";

    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** When the publisher last noted that Redis was emptied; before that, when this was made. */
    private volatile long emptiedAt = System.nanoTime();

    private final RedisConnection input;
    private final RedisConnection output;
    private final String writtenKey;
    private final long keepForMillis;
    private final long lastBatch;

    /** Connects, and proves that Redis takes writes, or throws what Jedis throws. */
    Session(RedisAddress address, RedisOptions options, String wakeKey, String writtenKey, int blockMillis) {
        this.writtenKey = writtenKey;
        keepForMillis = options.keepFor().toMillis();
        int timeout = (int) options.readTimeout().toMillis();
        output = new RedisConnection(address, options, timeout);
        try {
            List<Command> commands = new ArrayList<>(wake(wakeKey, options));
            commands.add(Command.of(Protocol.Command.HSET, writtenKey, SESSION, 1));
            commands.add(keepWritten());
            commands.add(Command.of(Protocol.Command.WATCH, writtenKey));
            commands.add(Command.of(Protocol.Command.HGET, writtenKey, BATCH));
            List<Object> replies = output.callAll(commands);
            Object last = replies.get(replies.size() - 1);
            lastBatch = last == null ? 0 : Long.parseLong(Command.text(last));
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

    private Command keepWritten() {
        return Command.of(Protocol.Command.PEXPIRE, writtenKey, keepForMillis);
    }

    /** {@return the number of the batch that Redis had executed last when this began; 0 if it knows of none} */
    long lastBatch() {
        return lastBatch;
    }

    /** For the publisher: keeps the number of the last batch for a while longer. */
    void keepLastBatch() {
        Optional<List<Object>> unused = output.callAtOnce(List.of(keepWritten()), writtenKey);
    }

    /**
     * For the publisher: has all commands executed, or none of them if this fails.
     *
     * @param batch greater than all before
     * @return as {@link RedisConnection#callAtOnce}
     */
    Optional<List<Object>> write(long batch, List<Command> commands) {
        List<Command> all = new ArrayList<>(commands);
        all.add(Command.of(Protocol.Command.HSET, writtenKey, BATCH, batch));
        return output.callAtOnce(all, writtenKey);
    }

    /**
     * Notes that Redis was emptied. The publisher calls this before it writes the wake key anew, because the reader can
     * then no longer tell by the missing key.
     */
    void noteEmptied() {
        emptiedAt = System.nanoTime();
    }

    /** For the reader: what {@link System#nanoTime()} was then. */
    long emptiedAt() {
        return emptiedAt;
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
