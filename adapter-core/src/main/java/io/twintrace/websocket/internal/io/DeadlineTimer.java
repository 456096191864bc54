package io.twintrace.websocket.internal.io;

import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Sees to it that somebody looks when a deadline passes, with one scheduled task at most. A deadline that moves away
 * costs nothing: the task finds out when it runs. Any thread.
 */
public final class DeadlineTimer {
    /** One for all: the timer has no more than one either, and there are many watches, which seldom need it. */
    private static final ReentrantLock LOCK = new ReentrantLock();

    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier deadline;
    private final Runnable whenPassed;

    /** When the task runs; {@link Deadlines#NONE} while there is none. Written under the lock. */
    private volatile long scheduledFor = Deadlines.NONE;

    // Guarded by LOCK.
    private ScheduledFuture<?> task;
    private boolean ended;

    /**
     * @param deadline the earliest there is at the moment
     * @param whenPassed called by the timer's thread, and must return soon
     */
    public DeadlineTimer(LongSupplier deadline, Runnable whenPassed) {
        this.deadline = deadline;
        this.whenPassed = whenPassed;
    }

    /** {@link #later} for what needed memory or a thread, and got none: in a second. */
    public static void again(Runnable task) {
        later(AGAIN_NANOS, task);
    }

    /** Has the timer's thread run a task, which must return soon. */
    public static void later(long nanos, Runnable task) {
        try {
            ScheduledFuture<?> unused = Timer.executor().schedule(task, nanos, TimeUnit.NANOSECONDS);
        } catch (OutOfMemoryError e) {
            // The timer has no thread either. It keeps the task, until there is one for the next.
        }
    }

    /** The deadline may have come nearer. */
    public void look() {
        long next = deadline.getAsLong();
        if (next != Deadlines.NONE && Deadlines.earlier(scheduledFor, next) != scheduledFor) {
            schedule(next);
        }
    }

    private void schedule(long next) {
        LOCK.lock();
        try {
            if (ended || Deadlines.earlier(scheduledFor, next) == scheduledFor) {
                return; // another thread has seen a nearer one meanwhile
            }
            if (task != null) {
                task.cancel(false);
            }
            Callable<Void> fire = this::fire; // not a Runnable, which the timer would wrap once more
            scheduledFor = next; // first, since the task looks at it
            boolean scheduled = false;
            try {
                task = Timer.executor().schedule(fire, Math.max(0, Deadlines.remaining(next)), TimeUnit.NANOSECONDS);
                scheduled = true;
            } finally {
                if (!scheduled) {
                    scheduledFor = Deadlines.NONE; // so that the next look tries again
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
                return null; // another task has taken the place of this one, too late to stop it
            }
            scheduledFor = Deadlines.NONE;
            task = null;
        } finally {
            LOCK.unlock();
        }
        if (Deadlines.remaining(deadline.getAsLong()) <= 0) {
            try {
                whenPassed.run();
            } catch (OutOfMemoryError e) { // also for want of a thread
                schedule(Deadlines.afterNanos(AGAIN_NANOS));
            }
        } else {
            look();
        }
        return null;
    }

    /** Nobody needs to look any more. */
    public void end() {
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
