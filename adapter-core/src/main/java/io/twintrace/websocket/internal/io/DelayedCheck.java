package io.twintrace.websocket.internal.io;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Something to check within two milliseconds or so after it was asked for. All checks share one task of the timer,
 * which runs every two milliseconds while any are due: to wake its thread more often would cost a busy server several
 * per cent of its speed. Asking costs one compare-and-set, and mostly less: only the first to ask after a while
 * schedules the task, and a check that was {@linkplain #isTooEarly() too early} is due already.
 */
public abstract class DelayedCheck {
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** How long nobody tries again after a failure: each try takes a failing system call, and leaves a task behind. */
    private static final long REFUSAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final VarHandle ASKED;
    private static final VarHandle CURRENT;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            ASKED = lookup.findVarHandle(DelayedCheck.class, "asked", boolean.class);
            CURRENT = lookup.findStaticVarHandle(DelayedCheck.class, "current", Tick.class);
            for (Class<?> needed : new Class<?>[] {Timer.class, StackProbe.class, Tick.class}) {
                lookup.ensureInitialized(needed); // else a thread without stack may, and break the class for good
            }
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** A stack of all that were asked for since the task ran last, linked by {@link #next}. */
    private static final AtomicReference<DelayedCheck> DUE = new AtomicReference<>();

    /** Those that were too early at the last run, linked like the others. Owned by the timer's thread. */
    private static DelayedCheck early;

    /** The task that is scheduled or running; null for none. A field, since setting that takes no stack. */
    private static volatile Tick current;

    /** The time before which no thread is asked for, on the time line of {@link System#nanoTime()}; NONE after a success. */
    private static volatile long refusedUntil = Deadlines.NONE;

    /** Owned by the thread that has set {@link #asked}, and then by the task. */
    private DelayedCheck next;

    private volatile boolean asked;

    /** Makes a check that nobody has asked for yet. */
    protected DelayedCheck() {}

    /** Checks. Called by the timer's thread, which must not wait for anything. May {@link #ask} for another check. */
    protected abstract void check();

    /**
     * Whether the check is to be made at the next run instead, unless it is too early then as well. For what is asked
     * for again and again: as long as this is true, asking costs a look. Called like {@link #check}, which must test the
     * same condition again, since somebody may have asked in between.
     */
    protected boolean isTooEarly() {
        return false;
    }

    /**
     * Asks for one check, which sees everything that the caller has done before. Any thread.
     *
     * @return false if it may not be made in time: no thread can be had, or another caller is just asking for one
     */
    public final boolean ask() {
        return (asked && isTicking()) || askNow();
    }

    /** Apart, so that what is inlined into every write stays small. */
    private boolean askNow() {
        if (!asked && ASKED.compareAndSet(this, false, true)) {
            boolean pushed = false;
            try {
                push();
                pushed = true;
            } finally {
                if (!pushed) { // for want of stack
                    asked = false;
                }
            }
        }
        return isTicking() || start();
    }

    private void push() {
        DelayedCheck first;
        do {
            first = DUE.get();
            next = first;
        } while (!DUE.compareAndSet(first, this));
    }

    private static boolean isTicking() {
        Tick tick = current;
        return tick != null && tick.isScheduled;
    }

    /** Whether the task is scheduled now. What the timer fails with otherwise is thrown, such as for want of stack. */
    private static boolean start() {
        if (current != null) {
            return isTicking();
        }
        long refused = refusedUntil;
        if (refused != Deadlines.NONE && Deadlines.remaining(refused) > 0) {
            return false;
        }
        Tick tick = new Tick();
        if (!CURRENT.compareAndSet(null, tick)) {
            return isTicking();
        }
        boolean scheduled = false;
        try {
            scheduled = tick.schedule();
            refusedUntil = scheduled ? Deadlines.NONE : Deadlines.afterNanos(REFUSAL_NANOS);
        } finally {
            if (scheduled) {
                tick.isScheduled = true;
            } else if (!tick.isScheduled) { // else another task has got the timer a thread
                current = null;
            }
        }
        return scheduled;
    }

    /** False if it was too early, so that this is still due. */
    private boolean run() {
        try {
            if (isTooEarly()) {
                return false;
            }
        } catch (Throwable e) { // the others' turn now
            return false;
        }
        asked = false; // first: what happens from now on asks again
        try {
            check();
        } catch (Throwable e) { // for want of memory or a thread: again later, and the others' turn now
            ask();
        }
        return true;
    }

    /** The task, which schedules itself again while any checks are due. */
    private static final class Tick implements Callable<Void> { // not a Runnable, which the timer would wrap once more
        /** Whether those that ask now can rely on it. */
        private volatile boolean isScheduled;

        private boolean schedule() {
            try {
                ScheduledFuture<Void> unused = Timer.executor().schedule(this, PERIOD_NANOS, TimeUnit.NANOSECONDS);
                return true;
            } catch (OutOfMemoryError e) { // also for want of a thread
                return false;
            }
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // this very task is meant
        public Void call() {
            if (current != this) {
                return null; // the timer kept it for want of a thread, and it was given up
            }
            isScheduled = true;
            do {
                DelayedCheck again = early;
                early = null;
                DelayedCheck due = DUE.getAndSet(null);
                if (again == null && due == null) {
                    current = null;
                    if (DUE.get() == null || !CURRENT.compareAndSet(null, this)) {
                        return null;
                    }
                    // Somebody has asked since then, who has seen this task.
                }
                run(again);
                run(due);
            } while (!scheduleOrWait());
            return null;
        }

        private void run(DelayedCheck due) {
            while (due != null) {
                DelayedCheck checked = due;
                due = checked.next;
                checked.next = null;
                if (!checked.run()) {
                    checked.next = early;
                    early = checked;
                }
            }
        }

        /** False when the thread has waited itself, for want of memory. */
        private boolean scheduleOrWait() {
            if (schedule()) {
                return true;
            }
            LockSupport.parkNanos(PERIOD_NANOS);
            return false;
        }
    }
}
