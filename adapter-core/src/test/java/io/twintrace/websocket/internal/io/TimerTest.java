package io.twintrace.websocket.internal.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** The timer's thread, seen through its users. */
class TimerTest {
    private static final String NAME = "websocket-timer";

    private static List<Thread> timers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(NAME))
                .toList();
    }

    private static void awaitNoTimer() {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!timers().isEmpty()) {
            if (System.nanoTime() - until > 0) {
                fail("the timer's thread is still there");
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static DeadlineTimer watching(long nanosFromNow, Runnable whenPassed) {
        long deadline = Deadlines.afterNanos(nanosFromNow);
        DeadlineTimer watch = DeadlineTimer.of(() -> deadline, whenPassed);
        watch.look();
        return watch;
    }

    @Test
    void oneThreadServesAllThatWait() throws Exception {
        CountDownLatch told = new CountDownLatch(200);
        DeadlineTimer late = watching(TimeUnit.HOURS.toNanos(1), () -> {}); // the thread stays until this has ended
        for (int i = 0; i < 200; i++) {
            watching(i * 200_000L, told::countDown);
            assertTrue(timers().size() <= 1);
        }
        assertTrue(told.await(10, TimeUnit.SECONDS));
        assertEquals(1, timers().size());
        late.end();
    }

    @Test
    void itKeepsNothingOfTheApplicationThatStartedIt() throws Exception {
        awaitNoTimer();
        Thread self = Thread.currentThread();
        ClassLoader before = self.getContextClassLoader();
        self.setContextClassLoader(new ClassLoader() {});
        try {
            SynchronousQueue<Thread> timer = new SynchronousQueue<>();
            watching(0, () -> assertTrue(offered(timer)));
            Thread thread = timer.poll(10, TimeUnit.SECONDS);
            assertEquals(NAME, thread.getName());
            assertNull(thread.getContextClassLoader());
            assertTrue(thread.isDaemon());
        } finally {
            self.setContextClassLoader(before);
        }
    }

    private static boolean offered(SynchronousQueue<Thread> timer) {
        try {
            return timer.offer(Thread.currentThread(), 10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    @Test
    void itsThreadEndsSoonAfterTheLastOneHasGivenUp() {
        DeadlineTimer watch = watching(TimeUnit.HOURS.toNanos(1), () -> {});
        assertFalse(timers().isEmpty());
        watch.end();
        awaitNoTimer();
    }

    @Test
    void itsThreadEndsSoonAfterTheLastOneWasTold() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        watching(1_000_000, told::countDown);
        assertTrue(told.await(10, TimeUnit.SECONDS));
        awaitNoTimer();
    }

    @Test
    void whoeverThrowsDoesNotStopItForTheOthers() throws Exception {
        watching(0, () -> {
            throw new IllegalStateException("on purpose");
        });
        CountDownLatch told = new CountDownLatch(1);
        watching(1_000_000, told::countDown);
        assertTrue(told.await(10, TimeUnit.SECONDS));
    }

    /** The executor tries to replace a thread that fails. Without memory, that fails as well. */
    @Test
    void aThreadThatLackOfMemoryEndsIsReplaced() throws Exception {
        awaitNoTimer();
        ScheduledThreadPoolExecutor executor = Timer.executor();
        ThreadFactory threads = executor.getThreadFactory();
        CountDownLatch told = new CountDownLatch(1);
        executor.setThreadFactory(worker -> {
            throw new OutOfMemoryError("on purpose");
        });
        DeadlineTimer.later(0, told::countDown); // waits for a thread
        executor.setThreadFactory(threads);
        Thread ending = threads.newThread(() -> {
            throw new OutOfMemoryError("on purpose");
        });
        ending.setUncaughtExceptionHandler((thread, error) -> {});
        ending.start();
        assertTrue(told.await(10, TimeUnit.SECONDS));
    }
}
