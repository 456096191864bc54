package io.twintrace.websocket.internal.io;

import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Calls back when a deadline passes. A timer schedules one task at most. To move the deadline back costs nothing: the
 * task reads the current deadline when it runs. Safe for use by any thread.
 */
public final class DeadlineTimer {
    /** Shared by all instances, which are many and seldom lock. The executor has only one lock as well. */
    private static final ReentrantLock LOCK = new ReentrantLock();

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier deadline;
    private final Runnable onPassed;

    /** When the task runs; {@link Deadlines#NONE} while there is no task. Guarded by LOCK for writing. */
    private volatile long scheduledFor = Deadlines.NONE;

    // Guarded by LOCK.
    private ScheduledFuture<?> task;
    private boolean ended;

    /**
     * @param deadline returns the earliest deadline at the moment
     * @param onPassed called on the timer's thread; it must return soon
     */
    public DeadlineTimer(LongSupplier deadline, Runnable onPassed) {
        this.deadline = deadline;
        this.onPassed = onPassed;
    }

    /** Runs a task in one second on the timer's thread. Use this to retry if the system had no memory or no thread. */
    public static void again(Runnable task) {
        later(RETRY_NANOS, task);
    }

    /** Runs a task on the timer's thread after a delay. The task must return soon. */
    public static void later(long nanos, Runnable task) {
        try {
            ScheduledFuture<?> unused = Timer.executor().schedule(task, nanos, TimeUnit.NANOSECONDS);
        } catch (OutOfMemoryError e) {
            // The timer has no thread either. It keeps the task and runs it once it gets a thread for a later one.
        }
    }

    /** Reads the deadline again. Call this when the deadline may have come nearer. */
    public void look() {
        long next = deadline.getAsLong();
        if (next != Deadlines.NONE && Deadlines.earlier(scheduledFor, next) != scheduledFor) {
            schedule(next);
        }
    }

    private void schedule(long next) {
        StackProbe.probe(); // a thread whose stack overflows further down would keep the lock
        LOCK.lock();
        try {
            if (ended || Deadlines.earlier(scheduledFor, next) == scheduledFor) {
                return; // another thread has scheduled an earlier deadline meanwhile
            }
            if (task != null) {
                task.cancel(false);
            }
            Callable<Void> fire = this::fire; // a Callable, because the timer would wrap a Runnable once more
            scheduledFor = next; // first, since the task reads it
            boolean scheduled = false;
            try {
                task = Timer.executor().schedule(fire, Math.max(0, Deadlines.remaining(next)), TimeUnit.NANOSECONDS);
                scheduled = true;
            } finally {
                if (!scheduled) {
                    scheduledFor = Deadlines.NONE; // so that the next call of look() tries again
                }
            }
        } finally {
            LOCK.unlock();
        }
    }

    private Void fire() {
        LOCK.lock();
        try {
            if (Deadlines.remaining(scheduledFor) > 0) {
                return null; // a newer task has replaced this one, but too late to cancel it
            }
            scheduledFor = Deadlines.NONE;
            task = null;
        } finally {
            LOCK.unlock();
        }
        if (Deadlines.remaining(deadline.getAsLong()) <= 0) {
            try {
                onPassed.run();
            } catch (OutOfMemoryError e) { // or the system has no thread
                schedule(Deadlines.afterNanos(RETRY_NANOS));
            }
        } else {
            look();
        }
        return null;
    }

    /** Ends this timer for good and cancels its task. */
    public void end() {
        StackProbe.probe();
        LOCK.lock();
        try {
            ended = true;
            if (task != null) {
                task.cancel(false);
                task = null;
            }
        } finally {
            LOCK.unlock();
        }
    }
}
