package io.twintrace.websocket.detect;

import io.twintrace.websocket.fixture.Guarded;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * A few long-lived threads that go through rounds in step. They meet by spinning, since a parked thread takes longer to
 * wake than a write takes.
 */
final class Contest<R> {
    /** One side of a round. */
    @FunctionalInterface
    interface Side<R> {
        void play(R round) throws Exception;
    }

    private static final long SPINNING_NANOS = TimeUnit.MICROSECONDS.toNanos(20);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final int sides;
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile int meetings;
    private volatile boolean over;
    private volatile R current;

    private Contest(int sides) {
        this.sides = sides;
    }

    /**
     * Plays the rounds, and throws the exception of any side.
     *
     * @param next makes a round from its number, on the first side's thread, while the others wait
     * @param judge checks a round that all have played, on the same thread
     */
    static <R> void hold(int rounds, IntFunction<R> next, Consumer<R> judge, List<Side<R>> sides) throws Exception {
        Contest<R> contest = new Contest<>(sides.size());
        List<FutureTask<Void>> tasks = new ArrayList<>();
        for (Side<R> side : sides) {
            boolean leads = tasks.isEmpty();
            tasks.add(contest.start("side-" + tasks.size(), () -> {
                for (int number = 0; number < rounds; number++) {
                    if (leads) {
                        contest.current = next.apply(number);
                    }
                    contest.meet();
                    R round = contest.current;
                    side.play(round);
                    contest.meet();
                    if (leads) {
                        judge.accept(round);
                    }
                }
            }));
        }
        for (FutureTask<Void> task : tasks) {
            task.get();
        }
        if (contest.failure.get() != null) {
            throw new AssertionError(contest.failure.get());
        }
    }

    private FutureTask<Void> start(String name, Guarded.Body body) {
        FutureTask<Void> task = new FutureTask<>(
                () -> {
                    try {
                        body.run();
                    } catch (Throwable t) {
                        // The other sides then fail as well, but only because this one is missing.
                        failure.compareAndSet(null, t);
                    } finally {
                        over = true;
                    }
                },
                null);
        new Thread(task, name).start();
        return task;
    }

    private void meet() {
        int next = meetings + 1;
        if (arrived.incrementAndGet() == sides) {
            arrived.set(0);
            meetings = next;
        } else {
            until(() -> meetings == next || over);
            if (meetings != next) {
                throw new IllegalStateException("another side has given up");
            }
        }
    }

    /**
     * Waits by spinning, and after a while by parking, since others may need the processor. It avoids onSpinWait, since
     * some virtual machines take its PAUSE for a reason to run another one.
     */
    static void until(BooleanSupplier condition) {
        long begun = System.nanoTime();
        for (int spins = 1; !condition.getAsBoolean(); spins++) {
            if (spins % 1_000 == 0) {
                long waited = System.nanoTime() - begun;
                if (waited > PATIENCE_NANOS) {
                    throw new IllegalStateException("nothing came within the deadline");
                } else if (waited > SPINNING_NANOS) {
                    LockSupport.parkNanos(1);
                }
            }
        }
    }
}
