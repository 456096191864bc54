package io.twintrace.websocket.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.fixture.Guarded;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** A named thread that runs one task after another and returns the outcome of each. */
final class Actor implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 20;

    private final ExecutorService executor;
    private final Thread thread;
    private Future<?> doing;

    Actor(String name) throws Exception {
        this(task -> new Thread(task, name));
    }

    Actor(ThreadFactory threads) throws Exception {
        this.executor = Executors.newSingleThreadExecutor(threads);
        this.thread = executor.submit(Thread::currentThread).get();
    }

    Thread thread() {
        return thread;
    }

    /** The thread as the report writes it. */
    String name() {
        return '"' + thread.getName() + "\" (#" + thread.getId() + ')';
    }

    /** The thread as the report writes it with a stack, of which every frame here is in the library's own packages. */
    String nameWithoutFrame() {
        return name()
                + " (its stack has no application frame, for example because an executor runs a method reference)";
    }

    void start(Guarded.Body body) {
        doing = executor.submit(() -> {
            body.run();
            return null;
        });
    }

    /** Waits for the started task; returns its exception, or null if it succeeded. */
    Throwable outcome() throws Exception {
        assertNotNull(doing, "nothing was started");
        try {
            return (Throwable) doing.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            return e.getCause();
        } finally {
            doing = null;
        }
    }

    void does(Guarded.Body body) throws Exception {
        start(body);
        assertNull(outcome());
    }

    ConcurrentWriteException failsWhen(Guarded.Body body) throws Exception {
        start(body);
        return failed();
    }

    ConcurrentWriteException failed() throws Exception {
        return assertInstanceOf(ConcurrentWriteException.class, outcome());
    }

    /** Returns once the thread waits, so that its stack shows what it waits for. */
    void awaitWaiting() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            assertTrue(System.nanoTime() - deadline < 0, thread + " does not wait");
            Thread.onSpinWait();
        }
    }

    /** Lets the thread end, and waits until it has ended. */
    void goesHome() throws InterruptedException {
        executor.shutdownNow();
        thread.join(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
        assertFalse(thread.isAlive(), thread + " has not ended");
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }

    static void await(CountDownLatch latch) throws InterruptedException {
        assertTrue(latch.await(DEADLINE_SECONDS, TimeUnit.SECONDS), "nothing came within the deadline");
    }

    /** Asserts that the stack passes through that public method of the library. */
    static void assertInside(String method, StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (frame.getFileName() != null
                    && frame.getLineNumber() < 0
                    && frame.getMethodName().equals(method)) {
                return;
            }
        }
        assertEquals(method, Arrays.toString(stack), "not in the stack");
    }
}
