package io.twintrace.sample.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** Serves all connections and timers on one thread, so that what it calls needs no locks. */
final class EventLoop implements AutoCloseable {
    private static final int INPUT_SIZE = 256 * 1024;

    private final Selector selector;
    private final ByteBuffer input = ByteBuffer.allocate(INPUT_SIZE);
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final Thread thread = new Thread(this::run, "fleet");
    private volatile boolean closed;
    private volatile Throwable failure;

    private record Timer(long at, Runnable task) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            return Long.compare(at - other.at, 0);
        }
    }

    EventLoop() throws IOException {
        selector = Selector.open();
        thread.setDaemon(true);
        thread.start();
    }

    Selector selector() {
        return selector;
    }

    /** For one read; nothing stays in it. */
    ByteBuffer input() {
        return input.clear();
    }

    /** Runs a task on the loop's thread. Any thread may call this. */
    void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    /** Runs a task later. Call this on the loop's thread. */
    void after(long nanos, Runnable task) {
        timers.add(new Timer(System.nanoTime() + nanos, task));
    }

    /** What has ended the loop, if it has ended before {@link #close}. */
    Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    private void run() {
        try {
            while (!closed) {
                selector.select(EventLoop::serve, untilNextTimer());
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                runTimers();
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (Throwable e) {
            failure = e;
        }
    }

    private static void serve(SelectionKey key) {
        if (key.isValid()) {
            ((Connection) key.attachment()).ready();
        }
    }

    /** {@return milliseconds, at least one, because zero would mean for ever} */
    private long untilNextTimer() {
        Timer next = timers.peek();
        return next == null
                ? TimeUnit.SECONDS.toMillis(1)
                : Math.max(1, TimeUnit.NANOSECONDS.toMillis(next.at - System.nanoTime()));
    }

    private void runTimers() {
        long now = System.nanoTime();
        while (!timers.isEmpty() && timers.peek().at - now <= 0) {
            timers.remove().task.run();
        }
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (failure instanceof IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
