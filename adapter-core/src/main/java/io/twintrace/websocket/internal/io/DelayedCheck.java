package io.twintrace.websocket.internal.io;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A check that runs about two milliseconds after a caller asks for it. All checks share one task of the timer, which
 * runs every two milliseconds while any check is due. To wake the timer's thread more often would cost a busy server
 * several per cent of its speed. Asking costs one compare-and-set, and usually less: only the first caller after a
 * pause schedules the task, and a check that was {@linkplain #isTooEarly() too early} is still due.
 */
public abstract class DelayedCheck {
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** How long nobody retries after a failure: each attempt costs a failing system call and leaves a task behind. */
    private static final long REFUSAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final VarHandle ASKED;
    private static final VarHandle CURRENT;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            ASKED = lookup.findVarHandle(DelayedCheck.class, "asked", boolean.class);
            CURRENT = lookup.findStaticVarHandle(DelayedCheck.class, "current", Tick.class);
            for (Class<?> needed : new Class<?>[] {Timer.class, StackProbe.class, Tick.class}) {
                lookup.ensureInitialized(needed); // else a thread without stack may try, and break the class for good
            }
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The checks that callers have asked for since the last run: a stack, linked by {@link #next}. */
    private static final AtomicReference<DelayedCheck> DUE = new AtomicReference<>();

    /** The checks that were too early at the last run, linked by {@link #next}. Owned by the timer's thread. */
    private static DelayedCheck early;

    /** The task that is scheduled or running, or null. A static field, because setting one needs no stack. */
    private static volatile Tick current;

    /** No caller tries to start a thread before this time of {@link System#nanoTime()}; NONE after a success. */
    private static volatile long refusedUntil = Deadlines.NONE;

    /** Owned by the thread that set {@link #asked}, and then by the task. */
    private DelayedCheck next;

    private volatile boolean asked;

    /** Creates a check that nobody has asked for yet. */
    protected DelayedCheck() {}

    /** Makes the check, on the timer's thread, which must never wait. May {@link #ask} for another check. */
    protected abstract void check();

    /**
     * Returns whether to defer the check to the next run. The timer calls this again at each run. Override it for a
     * check that callers ask for again and again: while this returns true, asking costs one read. {@link #check} must
     * test the same condition again, since another caller may have asked in between.
     */
    protected boolean isTooEarly() {
        return false;
    }

    /**
     * Asks for one check. It sees everything that the caller has done before. Any thread may call this.
     *
     * @return false if the check may be late: the system has no thread, or another caller is just starting one
     */
    public final boolean ask() {
        return (asked && isTicking()) || askNow();
    }

    /** A method of its own, so that {@link #ask}, which is inlined into every write, stays small. */
    private boolean askNow() {
        if (!asked && ASKED.compareAndSet(this, false, true)) {
            boolean pushed = false;
            try {
                push();
                pushed = true;
            } finally {
                if (!pushed) { // no stack is left
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

    /** Starts the task unless it runs, and returns whether it is scheduled. Throws what the timer throws. */
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
            } else if (!tick.isScheduled) { // else the timer has a thread, thanks to another task
                current = null;
            }
        }
        return scheduled;
    }

    /** Returns false if the check was too early and is still due. */
    private boolean run() {
        try {
            if (isTooEarly()) {
                return false;
            }
        } catch (Throwable e) { // go on with the other checks
            return false;
        }
        asked = false; // first: a change from now on asks for a new check
        try {
            check();
        } catch (Throwable e) { // no memory or no thread: retry later, and go on with the other checks
            ask();
        }
        return true;
    }

    /** The task. It schedules itself again while any checks are due. */
    private static final class Tick implements Callable<Void> { // the timer would wrap a Runnable once more
        /** Whether callers can rely on this task to run. */
        private volatile boolean isScheduled;

        private boolean schedule() {
            try {
                ScheduledFuture<Void> unused = Timer.executor().schedule(this, PERIOD_NANOS, TimeUnit.NANOSECONDS);
                return true;
            } catch (OutOfMemoryError e) { // or the system has no thread
                return false;
            }
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // compares identity on purpose
        public Void call() {
            if (current != this) {
                return null; // the timer had no thread for this task and kept it; start() has given it up
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
                    // A caller has asked since then and relies on this task.
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

        /** Returns false if there was no memory to schedule the task. This thread has then waited instead. */
        private boolean scheduleOrWait() {
            if (schedule()) {
                return true;
            }
            LockSupport.parkNanos(PERIOD_NANOS);
            return false;
        }
    }
}
