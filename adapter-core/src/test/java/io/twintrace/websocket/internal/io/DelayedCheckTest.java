package io.twintrace.websocket.internal.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class DelayedCheckTest {
    private static final int ROUNDS = 200_000;

    private static DelayedCheck check(Runnable action) {
        return new DelayedCheck() {
            @Override
            protected void check() {
                action.run();
            }
        };
    }

    /** Overflows the stack, then asks again and again on the way back, until there is enough stack. */
    @SuppressWarnings("InfiniteRecursion")
    private static void fallAndAsk(int depth, DelayedCheck check) {
        try {
            fallAndAsk(depth + 1, check);
        } catch (StackOverflowError e) {
            if (depth % 50 != 0) {
                throw e;
            }
            check.ask();
        }
    }

    private static void fallFrom(int frames, DelayedCheck check) {
        if (frames > 0) {
            fallFrom(frames - 1, check);
        } else {
            fallAndAsk(1, check);
        }
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertTrue(latch.await(10, TimeUnit.SECONDS), "was not checked");
    }

    @Test
    void everythingDoneBeforeItWasAskedForIsSeenByACheck() throws Exception {
        AtomicInteger done = new AtomicInteger();
        AtomicInteger seen = new AtomicInteger();
        DelayedCheck check = check(() -> seen.set(done.get()));
        for (int i = 1; i <= ROUNDS; i++) {
            done.set(i);
            assertTrue(check.ask());
        }
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (seen.get() < ROUNDS && System.nanoTime() - until < 0) {
            Thread.onSpinWait();
        }
        assertEquals(ROUNDS, seen.get());
    }

    @Test
    void aCheckMayAskForAnother() throws Exception {
        CountDownLatch checks = new CountDownLatch(5);
        DelayedCheck[] check = new DelayedCheck[1];
        check[0] = check(() -> {
            checks.countDown();
            if (checks.getCount() > 0) {
                check[0].ask();
            }
        });
        check[0].ask();
        await(checks);
    }

    @Test
    void oneThatFailsIsMadeAgainAndKeepsNobodyElseFromTheirs() throws Exception {
        CountDownLatch failures = new CountDownLatch(3);
        CountDownLatch others = new CountDownLatch(2);
        DelayedCheck before = check(others::countDown);
        DelayedCheck after = check(others::countDown);
        DelayedCheck failing = check(() -> {
            failures.countDown();
            if (failures.getCount() > 0) {
                throw new OutOfMemoryError("unable to create native thread");
            }
        });
        before.ask();
        failing.ask();
        after.ask();
        await(others);
        await(failures);
    }

    @Test
    void oneThatIsTooEarlyIsMadeLaterWithoutBeingAskedForAgain() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        CountDownLatch checked = new CountDownLatch(1);
        DelayedCheck early = new DelayedCheck() {
            @Override
            protected boolean isTooEarly() {
                return looks.incrementAndGet() < 5;
            }

            @Override
            protected void check() {
                checked.countDown();
            }
        };
        early.ask();
        await(checked);
        assertEquals(5, looks.get());
    }

    @Test
    void oneThatCannotSayWhetherItIsTooEarlyKeepsNobodyElseFromTheirs() throws Exception {
        AtomicInteger failures = new AtomicInteger();
        CountDownLatch others = new CountDownLatch(2);
        CountDownLatch checked = new CountDownLatch(1);
        DelayedCheck failing = new DelayedCheck() {
            @Override
            protected boolean isTooEarly() {
                if (failures.incrementAndGet() < 3) {
                    throw new OutOfMemoryError("Java heap space");
                }
                return false;
            }

            @Override
            protected void check() {
                checked.countDown();
            }
        };
        check(others::countDown).ask();
        failing.ask();
        check(others::countDown).ask();
        await(others);
        await(checked);
    }

    @Test
    void askingTwiceMakesOneCheck() throws Exception {
        AtomicInteger checks = new AtomicInteger();
        CountDownLatch slow = new CountDownLatch(1);
        DelayedCheck blocking = check(() -> {
            try {
                slow.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        CountDownLatch later = new CountDownLatch(1);
        DelayedCheck counted = check(checks::incrementAndGet);
        blocking.ask(); // occupies the timer's thread meanwhile
        for (int i = 0; i < 100; i++) {
            counted.ask();
        }
        check(later::countDown).ask();
        slow.countDown();
        await(later);
        assertTrue(checks.get() <= 2, () -> checks + " checks"); // the first ones may have run before the other
    }

    /** The timer has no thread then. Starting one takes more stack than anything else here. */
    @Test
    void aThreadWhoseStackOverflowsAsItAsksKeepsNobodyElseFromTheirs() throws Exception {
        for (int round = 0; round < 60; round++) {
            int frames = round;
            Thread falling = new Thread(null, () -> fallFrom(frames, check(() -> {})), "falling", 256 * 1024);
            falling.start();
            falling.join();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10)); // most likely nothing is due any more
            CountDownLatch checked = new CountDownLatch(1);
            assertTrue(check(checked::countDown).ask());
            await(checked);
        }
    }
}
