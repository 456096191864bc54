package io.twintrace.websocket.detect;

import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Two long-lived threads that go through rounds in step. They meet by spinning, since a parked thread takes longer to
 * wake than a write takes.
 */
final class Duel<R> {
    /** One side's part of a round. */
    @FunctionalInterface
    interface Side<R> {
        void play(R round) throws Exception;
    }

    private static final long SPINNING_NANOS = TimeUnit.MICROSECONDS.toNanos(20);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile int meetings;
    private volatile boolean over;
    private volatile R current;

    /**
     * Plays the rounds, and throws what either side has thrown.
     *
     * @param next makes a round from its number, on the left thread, while the right one waits
     * @param judge looks at a round that both have played, there as well
     */
    static <R> void fight(int rounds, IntFunction<R> next, Consumer<R> judge, Side<R> left, Side<R> right)
            throws Exception {
        Duel<R> duel = new Duel<>();
        FutureTask<Void> leftSide = duel.start("left", () -> {
            for (int number = 0; number < rounds; number++) {
                R round = next.apply(number);
                duel.current = round;
                duel.meet();
                left.play(round);
                duel.meet();
                judge.accept(round);
            }
        });
        FutureTask<Void> rightSide = duel.start("right", () -> {
            for (int number = 0; number < rounds; number++) {
                duel.meet();
                right.play(duel.current);
                duel.meet();
            }
        });
        leftSide.get();
        rightSide.get();
        if (duel.failure.get() != null) {
            throw new AssertionError(duel.failure.get());
        }
    }

    private FutureTask<Void> start(String name, Guarded.Body body) {
        FutureTask<Void> task = new FutureTask<>(
                () -> {
                    try {
                        body.run();
                    } catch (Throwable t) {
                        failure.compareAndSet(
                                null, t); // the other side then fails as well, but only for want of this one
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
        if (arrived.incrementAndGet() == 2) {
            arrived.set(0);
            meetings = next;
        } else {
            until(() -> meetings == next || over);
            if (meetings != next) {
                throw new IllegalStateException("the other side has given up");
            }
        }
    }

    /**
     * Waits by spinning, and after a while by parking, since others may need the processor. Without onSpinWait, whose
     * PAUSE some virtual machines take for a reason to run another one.
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
