package io.twintrace.websocket.servlet;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;

import io.twintrace.websocket.internal.io.TaskThreads;
import jakarta.servlet.ServletContext;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** The thread that looks after closing connections. */
class ClosingTaskTest {
    private static final ServletContext CONTEXT = mock(ServletContext.class);

    private final AtomicInteger calls = new AtomicInteger();

    private static ClosingTask task(ThreadFactory threads, BooleanSupplier goOn) {
        return new ClosingTask(new Application(CONTEXT, "test", new TaskThreads("idle", 10_000, threads)), goOn);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(10, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Its start returns when the task has nothing left to do. Since JDK 21 an executor does not call it. */
    private static final class EndsAtOnce extends Thread {
        private final CountDownLatch ended;

        private EndsAtOnce(Runnable task, CountDownLatch ended) {
            super(task);
            this.ended = ended;
            setDaemon(true);
        }

        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized") // the task sets the name, which takes the same lock
        public void start() {
            super.start();
            await(ended);
        }
    }

    @Test
    void itStartsAgainAlthoughItHasEndedBeforeItsStartHas() {
        CountDownLatch ended = new CountDownLatch(2); // it looks once more after it has noted its end
        CountDownLatch again = new CountDownLatch(3);
        ClosingTask task = task(each -> new EndsAtOnce(each, ended), () -> {
            ended.countDown();
            again.countDown();
            return false;
        });
        task.start();
        await(ended);
        task.start();
        await(again);
    }

    @Test
    void itGoesOnAfterAFailure() {
        CountDownLatch next = new CountDownLatch(2);
        ClosingTask task = task(
                each -> {
                    Thread thread = new Thread(each);
                    thread.setDaemon(true);
                    return thread;
                },
                () -> {
                    next.countDown();
                    if (calls.incrementAndGet() == 1) {
                        throw new OutOfMemoryError("made by hand");
                    }
                    return false;
                });
        task.start();
        await(next);
    }
}
