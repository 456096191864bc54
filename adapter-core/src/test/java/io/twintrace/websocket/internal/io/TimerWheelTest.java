package io.twintrace.websocket.internal.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Delayed;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimerWheelTest {
    private static final long MILLI = 1_000_000;

    private final TimerWheel wheel = new TimerWheel(TimerWheelTest::startThread);

    private static void startThread(Runnable task) {
        Thread thread = new Thread(task, "wheel-test");
        thread.setDaemon(true);
        thread.start();
    }

    private interface Run {
        long run() throws InterruptedException;
    }

    private static TimerWheel.Entry entry(Run run) {
        return new TimerWheel.Entry() {
            @Override
            protected long run() {
                try {
                    return run.run();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        };
    }

    private static TimerWheel.Entry once(Runnable action) {
        return entry(() -> {
            action.run();
            return Deadlines.NONE;
        });
    }

    private static long in(long millis) {
        return System.nanoTime() + millis * MILLI;
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertTrue(latch.await(10, TimeUnit.SECONDS), "was not run");
    }

    /** Also those that are added in any order, and removed from anywhere. */
    @Test
    void eachOfManyEntriesRunsOnceAndNoneTooEarlyUnlessItWasRemoved() throws Exception {
        int count = 10_000;
        Random random = new Random(7);
        CountDownLatch runs = new CountDownLatch(count - count / 10);
        AtomicInteger wrong = new AtomicInteger();
        List<TimerWheel.Entry> removed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean isRemoved = i % 10 == 3;
            long due = in(4_000 + random.nextInt(700)); // all are added and removed by then, also on a busy machine
            AtomicBoolean done = new AtomicBoolean();
            TimerWheel.Entry entry = once(() -> {
                boolean again = done.getAndSet(true);
                if (isRemoved || again || System.nanoTime() - due < 0) {
                    wrong.incrementAndGet();
                }
                runs.countDown();
            });
            wheel.add(entry, due);
            if (isRemoved) {
                removed.add(entry);
            }
        }
        removed.forEach(wheel::remove);
        await(runs);
        assertEquals(0, wrong.get());
    }

    @Test
    void anEntryThatComesEarlierThanAllOthersDoesNotWaitForThem() throws Exception {
        CountDownLatch run = new CountDownLatch(1);
        TimerWheel.Entry late = once(() -> {});
        wheel.add(late, in(60_000));
        wheel.add(once(run::countDown), in(1));
        await(run);
        wheel.remove(late);
    }

    /** It shares its slot with one that is due now. */
    @Test
    void anEntryThatIsDueInALaterRoundStays() throws Exception {
        CountDownLatch run = new CountDownLatch(1);
        AtomicInteger early = new AtomicInteger();
        List<TimerWheel.Entry> later = new ArrayList<>();
        long now = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            TimerWheel.Entry entry = once(early::incrementAndGet);
            wheel.add(entry, now + (2048L + i) * 50 * MILLI);
            later.add(entry);
        }
        wheel.add(once(run::countDown), now + 600 * MILLI);
        await(run);
        assertEquals(0, early.get());
        later.forEach(wheel::remove);
    }

    @Test
    void anEntryRunsAgainWhenItSaysSo() throws Exception {
        CountDownLatch runs = new CountDownLatch(4);
        TimerWheel.Entry entry = entry(() -> {
            runs.countDown();
            return in(1);
        });
        wheel.add(entry, in(1));
        await(runs);
        wheel.remove(entry);
    }

    @Test
    void oneThatFailsKeepsNobodyElseFromTheirsAndRunsAgain() throws Exception {
        CountDownLatch failures = new CountDownLatch(2);
        CountDownLatch others = new CountDownLatch(2);
        wheel.add(once(others::countDown), in(60));
        wheel.add(
                entry(() -> {
                    failures.countDown();
                    if (failures.getCount() > 0) {
                        throw new OutOfMemoryError("made by hand");
                    }
                    return Deadlines.NONE;
                }),
                in(60));
        wheel.add(once(others::countDown), in(60));
        await(others);
        await(failures);
    }

    /** The executor may also refuse the task. */
    @ParameterizedTest
    @ValueSource(classes = {OutOfMemoryError.class, RejectedExecutionException.class})
    void entriesRunLaterIfThereWasNoThread(Class<? extends Throwable> failure) throws Exception {
        AtomicBoolean failed = new AtomicBoolean();
        TimerWheel scarce = new TimerWheel(task -> {
            if (!failed.getAndSet(true)) {
                if (failure == OutOfMemoryError.class) {
                    throw new OutOfMemoryError("unable to create native thread");
                }
                throw new RejectedExecutionException("made by hand");
            }
            startThread(task);
        });
        CountDownLatch runs = new CountDownLatch(3);
        for (int i = 0; i < 3; i++) {
            scarce.add(once(runs::countDown), in(60));
        }
        await(runs);
        assertTrue(failed.get());
    }

    /** It may be waiting to run then, behind one that runs. */
    @Test
    void anEntryThatIsRemovedMeanwhileIsNotAddedAgain() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        TimerWheel.Entry entry = entry(() -> {
            runs.incrementAndGet();
            inside.countDown();
            await(goOn);
            return in(1);
        });
        wheel.add(entry, in(1));
        await(inside);
        wheel.remove(entry);
        goOn.countDown();
        CountDownLatch later = new CountDownLatch(1);
        wheel.add(once(later::countDown), in(200));
        await(later);
        assertEquals(1, runs.get());
    }

    /** Else the timer's thread would stay, and keep the classes of an undeployed application in memory. */
    @Test
    void anEmptyWheelHasNoTask() {
        TimerWheel.Entry far = once(() -> {});
        assertEquals(0, tasksInAMinuteAndAHalf(), "of another test");
        wheel.add(far, in(90_000));
        assertEquals(1, tasksInAMinuteAndAHalf());
        wheel.remove(far);
        assertEquals(0, tasksInAMinuteAndAHalf());
    }

    private static long tasksInAMinuteAndAHalf() {
        return Timer.executor().getQueue().stream()
                .mapToLong(task -> ((Delayed) task).getDelay(TimeUnit.SECONDS))
                .filter(seconds -> seconds >= 80 && seconds <= 90)
                .count();
    }

    @Test
    void anEntryThatIsMovedRunsAtItsNewTimeAndOnlyOnce() throws Exception {
        CountDownLatch runs = new CountDownLatch(1);
        AtomicInteger count = new AtomicInteger();
        TimerWheel.Entry entry = once(() -> {
            count.incrementAndGet();
            runs.countDown();
        });
        wheel.add(entry, in(60_000));
        long due = in(300);
        wheel.add(entry, due);
        await(runs);
        assertTrue(System.nanoTime() - due >= 0, "too early");
        CountDownLatch later = new CountDownLatch(1);
        wheel.add(once(later::countDown), in(100));
        await(later);
        assertEquals(1, count.get());
    }

    /** The first one to run adds those that are due with it, as another thread may do at any time. */
    @Test
    void noneIsLostIfOthersAreAddedWhileTheyAreAboutToRun() throws Exception {
        int count = 5;
        List<TimerWheel.Entry> all = new ArrayList<>();
        CountDownLatch runs = new CountDownLatch(count);
        AtomicBoolean first = new AtomicBoolean(true);
        for (int i = 0; i < count; i++) {
            all.add(once(() -> {
                if (first.getAndSet(false)) {
                    all.forEach(each -> wheel.add(each, in(60_000)));
                }
                runs.countDown();
            }));
        }
        long due = in(200);
        all.forEach(each -> wheel.add(each, due));
        await(runs);
        CountDownLatch later = new CountDownLatch(1);
        wheel.add(once(later::countDown), in(100));
        await(later);
        all.forEach(wheel::remove);
    }
}
