package io.twintrace.websocket.internal.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The check runs when a deadline has passed, and not before, however the deadline has moved. */
class DeadlineTimerTest {
    private static final long PATIENCE_SECONDS = 10;

    private final AtomicLong deadline = new AtomicLong(Deadlines.NONE);
    private final Semaphore passed = new Semaphore(0);
    private volatile long firedAt;

    private final DeadlineTimer watch = DeadlineTimer.of(deadline::get, () -> {
        firedAt = System.nanoTime();
        passed.release();
    });

    @AfterEach
    void end() {
        watch.end();
    }

    private void set(long nanosFromNow) {
        deadline.set(Deadlines.afterNanos(nanosFromNow));
    }

    private void awaitPassed() throws InterruptedException {
        assertTrue(passed.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS), "nobody was told");
        assertTrue(firedAt - deadline.get() >= 0, "told too early");
    }

    private static void letPass(long millis) throws InterruptedException {
        assertFalse(new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS));
    }

    @Test
    void aDeadlineThatPassesIsToldOnce() throws Exception {
        set(200_000_000);
        watch.look();
        watch.look();
        awaitPassed();
        letPass(50);
        assertEquals(0, passed.availablePermits());
    }

    @Test
    void oneThatHasPassedAlreadyIsToldAtOnce() throws Exception {
        set(-1);
        watch.look();
        awaitPassed();
    }

    @Test
    void oneThatComesNearerIsToldWhenItHasCome() throws Exception {
        set(TimeUnit.HOURS.toNanos(1));
        watch.look();
        set(200_000_000);
        watch.look();
        awaitPassed();
    }

    @Test
    void oneThatMovesAwayIsToldWhenItHasComeAndNobodyNeedsToLook() throws Exception {
        set(200_000_000);
        watch.look();
        set(600_000_000);
        awaitPassed();
        letPass(50);
        assertEquals(0, passed.availablePermits());
    }

    @Test
    void oneThatIsLiftedIsNotTold() throws Exception {
        set(200_000_000);
        watch.look();
        deadline.set(Deadlines.NONE);
        letPass(400);
        assertEquals(0, passed.availablePermits());
    }

    @Test
    void afterOneAnotherIsTold() throws Exception {
        for (int i = 0; i < 3; i++) {
            set(1_000_000);
            watch.look();
            awaitPassed();
        }
    }

    @Test
    void nothingIsToldAfterTheEnd() throws Exception {
        set(200_000_000);
        watch.look();
        watch.end();
        set(1_000_000);
        watch.look();
        letPass(400);
        assertEquals(0, passed.availablePermits());
    }

    /** One thread has read the old deadline when another one moves it. */
    @Test
    void theNearerDeadlineIsToldHoweverTwoThreadsMeet() throws Exception {
        int rounds = 100_000;
        AtomicReference<DeadlineTimer> current = new AtomicReference<>();
        AtomicBoolean over = new AtomicBoolean();
        Thread other = new Thread(() -> {
            DeadlineTimer before = null;
            for (int i = 0; i < rounds; i++) {
                DeadlineTimer next;
                while ((next = current.get()) == before) {
                    if (over.get()) {
                        return;
                    }
                    Thread.onSpinWait();
                }
                next.look();
                before = next;
            }
        });
        other.setDaemon(true);
        other.start();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        for (int i = 0; i < rounds && System.nanoTime() - until < 0; i++) {
            AtomicLong moving = new AtomicLong(Deadlines.afterNanos(TimeUnit.HOURS.toNanos(1)));
            Semaphore told = new Semaphore(0);
            DeadlineTimer contested = DeadlineTimer.of(moving::get, told::release);
            current.set(contested);
            for (int spin = i % 200; spin > 0; spin--) {
                Thread.onSpinWait();
            }
            moving.set(System.nanoTime());
            contested.look();
            assertTrue(told.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS), "nobody was told in round " + i);
            contested.end();
        }
        over.set(true);
    }
}
