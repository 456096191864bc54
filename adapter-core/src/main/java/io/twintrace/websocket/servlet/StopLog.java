package io.twintrace.websocket.servlet;

import jakarta.servlet.ServletContext;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells the log how the connections of a server that stops have ended: one line if all have closed, another one for
 * those that were cut off. Safe for use by any thread.
 */
final class StopLog {
    /** A quicker stop is normal operation, and leaves no line. */
    private static final long WORTH_A_LINE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ServletContext context;

    /** Such as {@code servlet "chat": }, or empty. */
    private final String prefix;

    private final AtomicInteger closing = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private volatile long begun;

    StopLog(ServletContext context, String owner) {
        this.context = context;
        this.prefix = owner.isEmpty() ? "" : owner + ": ";
    }

    /**
     * Notes that connections begin to close. No line appears before {@link #hasBegun}.
     *
     * @param now the time that the lines count from, of {@link System#nanoTime()}: the one that the deadlines count from
     */
    void begin(long now) {
        if (closing.getAndIncrement() == 0) {
            begun = now;
        }
    }

    void hasBegun() {
        leave();
    }

    /** Notes that one connection begins to close. */
    void add() {
        closing.incrementAndGet();
    }

    /** Notes that one connection has closed with 1001. */
    void ended() {
        closed.incrementAndGet();
        leave();
    }

    /** Notes that one connection has ended in another way, or before it began to close. */
    void leave() {
        if (closing.decrementAndGet() == 0) {
            int count = closed.getAndSet(0);
            if (count > 0 && System.nanoTime() - begun >= WORTH_A_LINE_NANOS) {
                log(count + " WebSocket connections closed with 1001 in " + elapsed());
            }
        }
    }

    /**
     * Logs how many connections have to be cut off. Each of them leaves once it has ended.
     *
     * @param messages how many messages in their outboxes are lost
     */
    void cutOff(int connections, long messages) {
        if (connections > 0) {
            log(connections + " WebSocket connections cut off after " + elapsed() + ", because their peers did not read"
                    + " everything, or did not answer the Close frame"
                    + (messages == 0 ? "" : "; " + messages + " messages in their outboxes are lost")
                    + ". If they need longer, raise close-timeout (in code: closeTimeout)");
        }
    }

    private String elapsed() {
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        return String.format(Locale.ROOT, "%.1f s", millis / 1e3);
    }

    private void log(String line) {
        try {
            context.log(prefix + line);
        } catch (Throwable t) {
            // The connections must end all the same.
        }
    }
}
