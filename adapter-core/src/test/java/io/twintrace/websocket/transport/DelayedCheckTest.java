package io.twintrace.websocket.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
        blocking.ask(); // keeps the timer's thread meanwhile
        for (int i = 0; i < 100; i++) {
            counted.ask();
        }
        check(later::countDown).ask();
        slow.countDown();
        await(later);
        assertTrue(checks.get() <= 2, () -> checks + " checks"); // the first ones may have come before the other
    }
}
