package io.twintrace.websocket.internal.io;

import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Calls back when a deadline passes. To move the deadline back costs nothing: the timer reads the current one when it
 * runs. Until a far deadline is near, a wheel that all timers share wakes this one, so that it needs no task of its own.
 * Safe for use by any thread.
 */
public abstract class DeadlineTimer extends TimerWheel.Entry {
    /** Runs on the timer's thread: a turn returns at once, and so does what is called back. */
    private static final TimerWheel WHEEL = new TimerWheel(Runnable::run);

    /** A deadline within this time gets a task of its own, since the wheel may be late by more than a deadline should. */
    private static final long NEAR_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Shared by all instances, which are many and seldom lock. The executor has only one lock as well. */
    private static final ReentrantLock LOCK = new ReentrantLock();

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The deadline that this waits for; {@link Deadlines#NONE} if there is none. Guarded by LOCK for writing. */
    private volatile long scheduledFor = Deadlines.NONE;

    // Guarded by LOCK.

    /** Null if there is no deadline, or if it is far. */
    private ScheduledFuture<?> task;

    private boolean ended;

    /**
     * Returns a timer.
     *
     * @param deadline returns the earliest deadline at the moment
     * @param onPassed called on the timer's thread; it must return soon
     */
    public static DeadlineTimer of(LongSupplier deadline, Runnable onPassed) {
        return new DeadlineTimer() {
            @Override
            protected long deadline() {
                return deadline.getAsLong();
            }

            @Override
            protected void passed() {
                onPassed.run();
            }
        };
    }

    /** Returns the earliest deadline at the moment; {@link Deadlines#NONE} for none. Any thread calls this. */
    protected abstract long deadline();

    /** Reacts to a deadline that has passed. The timer's thread calls this, and it must return soon. */
    protected abstract void passed();

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
        long next = deadline();
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
            cancelTask();
            scheduledFor = next; // first, since the task reads it
            boolean scheduled = false;
            try {
                long remaining = Deadlines.remaining(next);
                if (remaining > NEAR_NANOS) {
                    scheduled = WHEEL.add(this, next - NEAR_NANOS / 2);
                } else {
                    Callable<Void> fire = this::fire; // a Callable, because the timer would wrap a Runnable once more
                    task = Timer.executor().schedule(fire, Math.max(0, remaining), TimeUnit.NANOSECONDS);
                    scheduled = true;
                }
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
            if (ended || Deadlines.remaining(scheduledFor) > 0) {
                return null; // or a newer task has replaced this one, but too late to cancel it
            }
            scheduledFor = Deadlines.NONE;
            task = null;
        } finally {
            LOCK.unlock();
        }
        callIfPassed();
        return null;
    }

    /** The wheel calls this when the deadline is near, unless that has moved. */
    @Override
    protected long run() {
        LOCK.lock();
        try {
            if (ended || task != null) {
                return Deadlines.NONE; // the task is for a deadline that came nearer, and looks again
            }
            scheduledFor = Deadlines.NONE;
        } finally {
            LOCK.unlock();
        }
        callIfPassed();
        return Deadlines.NONE;
    }

    private void callIfPassed() {
        try {
            if (Deadlines.remaining(deadline()) <= 0) {
                passed();
            } else {
                look();
            }
        } catch (OutOfMemoryError e) { // or the system has no thread
            boolean unused = WHEEL.add(this, Deadlines.afterNanos(RETRY_NANOS));
        }
    }

    /** Ends this timer for good. */
    public void end() {
        StackProbe.probe();
        LOCK.lock();
        try {
            ended = true;
            cancelTask();
        } finally {
            LOCK.unlock();
        }
        WHEEL.remove(this);
    }

    private void cancelTask() {
        if (task != null) {
            task.cancel(false);
            task = null;
        }
    }
}
