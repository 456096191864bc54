package io.twintrace.websocket.transport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Something to check within a millisecond or so after it was asked for. All checks share one task of the timer, which
 * runs once a millisecond while any are due. So asking costs one compare-and-set, and mostly less: only the first to
 * ask after a while schedules the task.
 */
public abstract class DelayedCheck {
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final VarHandle ASKED = askedField();

    /** A stack of all that were asked for since the task ran last, linked by {@link #next}. */
    private static final AtomicReference<DelayedCheck> DUE = new AtomicReference<>();

    /** Whether the task is scheduled or running. */
    private static final AtomicBoolean TICKING = new AtomicBoolean();

    /** Owned by the thread that has set {@link #asked}, and then by the task. */
    private DelayedCheck next;

    private volatile boolean asked;

    /** Makes a check that nobody has asked for yet. */
    protected DelayedCheck() {}

    /** Checks. Called by the timer's thread, which must not wait for anything. May {@link #ask} for another check. */
    protected abstract void check();

    /**
     * Asks for one check, which sees everything that the caller has done before. Any thread.
     *
     * @return false if it may never be made, because no thread can be had
     */
    public final boolean ask() {
        if (!asked && ASKED.compareAndSet(this, false, true)) {
            push();
        }
        return TICKING.get() || start();
    }

    private void push() {
        DelayedCheck first;
        do {
            first = DUE.get();
            next = first;
        } while (!DUE.compareAndSet(first, this));
    }

    private static boolean start() {
        if (TICKING.compareAndSet(false, true)) {
            schedule();
        }
        return TICKING.get();
    }

    private static void schedule() {
        Callable<Void> tick = DelayedCheck::tick; // not a Runnable, which the timer would wrap once more
        try {
            ScheduledFuture<Void> unused = Timer.executor().schedule(tick, PERIOD_NANOS, TimeUnit.NANOSECONDS);
        } catch (OutOfMemoryError e) { // also for want of a thread
            TICKING.set(false);
        }
    }

    private static Void tick() {
        DelayedCheck due = DUE.getAndSet(null);
        if (due == null) {
            TICKING.set(false);
            if (DUE.get() != null) { // since then, by somebody who has seen this tick
                start();
            }
            return null;
        }
        while (due != null) {
            DelayedCheck current = due;
            due = current.next;
            current.next = null;
            current.run();
        }
        schedule();
        return null;
    }

    private void run() {
        asked = false; // first: what happens from now on asks again
        try {
            check();
        } catch (Throwable e) { // for want of memory or a thread: again later, and the others' turn now
            ask();
        }
    }

    private static VarHandle askedField() {
        try {
            return MethodHandles.lookup().findVarHandle(DelayedCheck.class, "asked", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
