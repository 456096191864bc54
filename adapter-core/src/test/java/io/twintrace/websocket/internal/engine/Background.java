package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A call on a thread of its own. */
final class Background<T> {
    /** More time than anything here should take. */
    static final long PATIENCE_SECONDS = 10;

    private final FutureTask<T> task;
    private final Thread thread;

    private Background(String name, Callable<T> call) {
        this.task = new FutureTask<>(call);
        this.thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    static <T> Background<T> start(Callable<T> call) {
        return start("background", call);
    }

    static <T> Background<T> start(String name, Callable<T> call) {
        return new Background<>(name, call);
    }

    static Background<Void> run(ThrowingRunnable action) {
        return run("background", action);
    }

    static Background<Void> run(String name, ThrowingRunnable action) {
        return start(name, () -> {
            action.run();
            return null;
        });
    }

    T result() throws Exception {
        return task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    <X extends Throwable> X failure(Class<X> type) {
        ExecutionException e = assertThrows(ExecutionException.class, this::result);
        return assertInstanceOf(type, e.getCause());
    }

    /** Returns once the call has ended, normally or with an exception. */
    void awaitEnd() throws InterruptedException {
        thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        if (thread.isAlive()) {
            fail("the call did not end");
        }
    }

    boolean isDone() {
        return task.isDone();
    }

    Thread thread() {
        return thread;
    }

    /** Returns once the thread waits inside {@code outer}, whoever has called that. */
    Background<T> awaitWaitingIn(String outer) {
        eventually("waiting in " + outer, () -> {
            StackTraceElement[] stack = thread.getStackTrace();
            return anyFrame(stack, outer) && (anyFrame(stack, ".await") || anyFrame(stack, "LockSupport.parkNanos"));
        });
        return this;
    }

    /** Returns once the peer has stopped reading and the thread is stuck in a socket write. */
    Background<T> awaitStuckInWrite() {
        return awaitWaitingIn("SocketTransport.write");
    }

    /** Returns once the thread waits for the peer to send. */
    Background<T> awaitReading() {
        return awaitWaitingIn("SocketTransport.awaitReadable");
    }

    private static boolean anyFrame(StackTraceElement[] stack, String part) {
        return Arrays.stream(stack)
                .anyMatch(frame -> (frame.getClassName() + '.' + frame.getMethodName()).endsWith(part));
    }

    static void eventually(String what, BooleanSupplier condition) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - until > 0) {
                fail("not within " + PATIENCE_SECONDS + " s: " + what);
            }
            LockSupport.parkNanos(500_000);
        }
    }

    /** An action on an object, which may throw anything. */
    interface Action<T> {
        void run(T object) throws Exception;
    }

    /** A call that returns nothing and may throw anything. */
    interface ThrowingRunnable {
        void run() throws Exception;
    }
}
