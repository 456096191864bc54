package io.twintrace.websocket.internal.io;

import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Runs many entries, each at its own time or up to 50 ms later. An entry waits in the slot of its tick, so adding and
 * removing one takes the same few steps however many there are. All slots share one task of the timer, which sleeps
 * until the next slot that has entries. It hands over those that are due, so that they need not return at once. Any
 * thread may call these methods.
 */
public final class TimerWheel {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** Entries that are due within 100 seconds are looked at once. The others are, once in that time. */
    private static final int SLOTS = 2048;

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** About a year. Differences of ticks then fit into an int. */
    private static final long MAX_NANOS = TimeUnit.DAYS.toNanos(365);

    private final Consumer<Runnable> threads;
    private final long start = System.nanoTime();
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final Entry[] slots = new Entry[SLOTS];
    private int size;
    private long lastTick;
    private ScheduledFuture<Void> task;
    private long taskTick;

    /**
     * Creates a wheel without entries.
     *
     * @param threads runs the entries that are due, one after another: on a thread of its own, or here on the timer's if
     *     all of them return at once
     */
    public TimerWheel(Consumer<Runnable> threads) {
        this.threads = threads;
    }

    /** What a wheel runs. It is in one wheel at most. */
    public abstract static class Entry {
        // Guarded by the wheel's lock.
        private Entry previous;
        private Entry next;

        private int tick;
        private boolean isWaiting;
        private boolean isRemoved;

        /** Whether it is in a chain of those that are about to run, instead of a slot. */
        private boolean isDue;

        protected Entry() {}

        /**
         * Does what is due. Later entries wait for this to return. If it throws, it is called again after a second.
         *
         * @return when to run again, on the time line of {@link System#nanoTime()}; {@link Deadlines#NONE} for never
         */
        protected abstract long run();
    }

    /**
     * Adds an entry, or moves it if it is waiting. Has no effect once it is removed, or while it is about to run.
     *
     * @return false if it may be late, because the system has no memory or no thread; the next call tries again
     */
    public boolean add(Entry entry, long due) {
        StackProbe.probe(); // a thread whose stack overflows further down would keep the lock
        lock.lock();
        try {
            if (entry.isRemoved || entry.isDue) {
                return true;
            }
            if (entry.isWaiting) {
                take(entry);
            }
            long nanos = Math.min(due - System.nanoTime(), MAX_NANOS) + System.nanoTime() - start;
            return put(entry, Math.max((nanos + TICK_NANOS - 1) / TICK_NANOS, lastTick + 1));
        } finally {
            lock.unlock();
        }
    }

    /** Removes an entry for good. It may be running at the moment. */
    public void remove(Entry entry) {
        StackProbe.probe();
        lock.lock();
        try {
            entry.isRemoved = true;
            if (entry.isWaiting) {
                take(entry);
            }
            if (size == 0 && task != null) { // else the timer's thread would outlive its last connection
                task.cancel(false);
                task = null;
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- With the lock held ---------------------------------------------------------------------------------------

    private boolean put(Entry entry, long tick) {
        int slot = slot(tick);
        entry.tick = (int) tick;
        entry.isWaiting = true;
        entry.previous = null;
        entry.next = slots[slot];
        if (entry.next != null) {
            entry.next.previous = entry;
        }
        slots[slot] = entry;
        size++;
        return schedule(tick);
    }

    private void take(Entry entry) {
        if (entry.previous == null) {
            slots[slot(entry.tick)] = entry.next;
        } else {
            entry.previous.next = entry.next;
        }
        if (entry.next != null) {
            entry.next.previous = entry.previous;
        }
        entry.previous = null;
        entry.next = null;
        entry.isWaiting = false;
        size--;
    }

    private static int slot(long tick) {
        return (int) tick & (SLOTS - 1);
    }

    /** Makes sure that the task runs at that tick or earlier. Returns false if there is no memory or no thread. */
    private boolean schedule(long tick) {
        if (task != null && taskTick <= tick) {
            return true;
        }
        try {
            Callable<Void> turn = this::turn; // a Callable, because the timer would wrap a Runnable once more
            long delay = start + tick * TICK_NANOS - System.nanoTime();
            ScheduledFuture<Void> later = task;
            task = Timer.executor().schedule(turn, Math.max(0, delay), TimeUnit.NANOSECONDS);
            taskTick = tick;
            if (later != null) {
                later.cancel(false); // only now: if there had been no memory, it would still run
            }
            return true;
        } catch (OutOfMemoryError e) {
            return false;
        }
    }

    // ---- The task -------------------------------------------------------------------------------------------------

    private Void turn() {
        do {
            handOver(takeDue());
        } while (!scheduleOrWait());
        return null;
    }

    /** Takes all entries that are due, as a chain. */
    private Entry takeDue() {
        lock.lock();
        try {
            long now = (System.nanoTime() - start) / TICK_NANOS;
            if (taskTick <= now) {
                task = null;
            }
            Entry chain = null;
            for (long tick = Math.max(lastTick + 1, now - SLOTS + 1); tick <= now; tick++) {
                chain = takeDue(slots[slot(tick)], (int) now, chain);
            }
            lastTick = Math.max(lastTick, now);
            return chain;
        } finally {
            lock.unlock();
        }
    }

    private Entry takeDue(Entry first, int now, Entry chain) {
        Entry due = chain;
        for (Entry entry = first; entry != null; ) {
            Entry following = entry.next;
            if (entry.tick - now <= 0) {
                take(entry);
                entry.isDue = true;
                entry.next = due;
                due = entry;
            }
            entry = following;
        }
        return due;
    }

    private void handOver(Entry chain) {
        if (chain == null) {
            return;
        }
        try {
            threads.accept(() -> runAll(chain));
        } catch (Throwable e) { // no memory or no thread: an entry that is lost here would never run
            for (Entry entry = chain; entry != null; ) {
                Entry following = unlink(entry);
                boolean unused = add(entry, Deadlines.afterNanos(RETRY_NANOS));
                entry = following;
            }
        }
    }

    /** Takes an entry out of its chain, so that others may add it again. Returns the one behind it. */
    private Entry unlink(Entry entry) {
        lock.lock();
        try {
            Entry following = entry.next;
            entry.next = null;
            entry.isDue = false;
            return following;
        } finally {
            lock.unlock();
        }
    }

    private void runAll(Entry chain) {
        for (Entry entry = chain; entry != null; ) {
            Entry following = unlink(entry);
            long again;
            try {
                again = entry.run();
            } catch (Throwable e) { // no memory: retry later, and go on with the other entries
                again = Deadlines.afterNanos(RETRY_NANOS);
            }
            if (again != Deadlines.NONE) {
                boolean unused = add(entry, again);
            }
            entry = following;
        }
    }

    /** Returns false if the task could not be scheduled. This thread has then waited instead. */
    private boolean scheduleOrWait() {
        lock.lock();
        try {
            if (size == 0 || schedule(nextTick())) {
                return true;
            }
        } finally {
            lock.unlock();
        }
        LockSupport.parkNanos(TICK_NANOS);
        return false;
    }

    /** Returns the next tick whose slot has entries, though they may be due later. */
    private long nextTick() {
        long tick = lastTick + 1;
        while (slots[slot(tick)] == null && tick < lastTick + SLOTS) {
            tick++;
        }
        return tick;
    }
}
