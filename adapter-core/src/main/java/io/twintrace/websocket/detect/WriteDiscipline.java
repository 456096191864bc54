package io.twintrace.websocket.detect;

import io.twintrace.websocket.detect.ConcurrentWriteReport.Writer;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;

/**
 * The rule by which an application prevents concurrent writes to one connection. Without a rule, only overlapping
 * writes are conflicts. With a rule, every write that breaks it is a conflict, so the detector finds a race at the
 * first wrong call.
 *
 * <p>Immutable, safe for use by any thread. You may declare one object for any number of connections. Reports name a
 * lock by class and identity only: the library calls no application code to describe it.
 */
public abstract sealed class WriteDiscipline {
    private static final String NOT_HELD = "which it did not hold";

    private static final WriteDiscipline NONE = new None();
    private static final WriteDiscipline FIRST_WRITER = new FirstWriter();

    private WriteDiscipline() {}

    /** {@return no rule; this is the default} */
    public static WriteDiscipline none() {
        return NONE;
    }

    /**
     * Requires writers to be inside {@code synchronized (monitor)}.
     *
     * @param monitor any object except a lock or a semaphore of {@code java.util.concurrent}; for locks see
     *     {@link #guardedBy(Lock)}
     * @return the discipline
     * @throws IllegalArgumentException for a lock or a semaphore, because synchronizing on one is usually a mistake
     */
    public static WriteDiscipline guardedBy(Object monitor) {
        if (Objects.requireNonNull(monitor, "monitor") instanceof Lock lock) {
            return guardedBy(lock);
        }
        if (monitor instanceof ReadWriteLock) {
            throw new IllegalArgumentException(
                    "guardedBy was given a " + monitor.getClass().getName()
                            + ", which has two locks: pass the one that writers hold, writeLock()");
        }
        if (isMeantToBeAcquired(monitor)) {
            throw new IllegalArgumentException(
                    "guardedBy was given a " + monitor.getClass().getName()
                            + ", which is not meant to be synchronized on, and cannot tell whether only the calling"
                            + " thread holds it; use a ReentrantLock, or any object that writers synchronize on");
        }
        return new Held(() -> Thread.holdsLock(monitor), "guarded by the monitor of " + nameOf(monitor), NOT_HELD);
    }

    /**
     * Requires writers to hold the lock.
     *
     * @param lock a {@link ReentrantLock}, or the write lock of a {@link ReentrantReadWriteLock}
     * @return the discipline
     * @throws IllegalArgumentException for any other lock, because only these know which thread holds them
     */
    public static WriteDiscipline guardedBy(Lock lock) {
        if (Objects.requireNonNull(lock, "lock") instanceof ReentrantLock reentrant) {
            return new Held(reentrant::isHeldByCurrentThread, "guarded by the lock " + nameOf(lock), NOT_HELD);
        }
        if (lock instanceof ReentrantReadWriteLock.WriteLock write) {
            return new Held(write::isHeldByCurrentThread, "guarded by the write lock " + nameOf(lock), NOT_HELD);
        }
        throw new IllegalArgumentException(
                "guardedBy was given a " + lock.getClass().getName()
                        + ", which cannot tell whether only the calling thread holds it; use a ReentrantLock, or the"
                        + " writeLock() of a ReentrantReadWriteLock");
    }

    /**
     * Allows only one thread to write.
     *
     * @param thread the thread that may write
     * @return the discipline
     */
    public static WriteDiscipline confinedTo(Thread thread) {
        return new Confined(Objects.requireNonNull(thread, "thread"), "confined to thread ");
    }

    /**
     * Allows only the first thread that writes on the connection to write.
     *
     * @return the discipline
     */
    public static WriteDiscipline confinedToFirstWriter() {
        return FIRST_WRITER;
    }

    /**
     * Allows only the connection's outbox to write, which holds this lock while it does. The outbox declares this at
     * the first offer, on the offering thread. Reports name that thread and show its stack.
     *
     * @param mayWait whether the calling thread may wait briefly; called on a thread that holds the lock
     */
    static WriteDiscipline throughOutbox(ReentrantLock heldByOutbox, BooleanSupplier mayWait) {
        return new Outboxed(heldByOutbox::isHeldByCurrentThread, mayWait);
    }

    /** Tells whether the calling thread may write. */
    abstract boolean isKeptBy(Thread caller);

    /** Says how the call breaks the rule. Follows the discipline's name in a report. */
    abstract String breach(Operation call);

    /** Tells whether only the outbox writes. */
    boolean isLeftToOutbox() {
        return false;
    }

    /**
     * Tells whether a thread inside a write is about to fail itself, because only the caller may write, and whether the
     * caller may wait for that.
     */
    boolean isForOwnerToFail(Thread caller) {
        return false;
    }

    /** The thread and stack of the first offer to the outbox. The stack of the outbox's own thread tells nothing. */
    Writer firstOffer() {
        throw new IllegalStateException("writes are " + this + ", not left to the outbox");
    }

    /** Returns the rule that applies after the first write, by this thread. */
    WriteDiscipline from(Thread firstWriter) {
        return this;
    }

    /** The name in reports, as the end of a sentence that begins "writes are". */
    @Override
    public abstract String toString();

    /** Tells whether this is a platform lock, such as a StampedLock, a subclass of one, or a semaphore. */
    private static boolean isMeantToBeAcquired(Object monitor) {
        String locks = Lock.class.getPackageName();
        for (Class<?> type = monitor.getClass(); type != null; type = type.getSuperclass()) {
            if (type.getPackageName().equals(locks)) {
                return true;
            }
        }
        return monitor instanceof Condition || monitor instanceof Semaphore;
    }

    private static String nameOf(Object lock) {
        return lock.getClass().getName() + '@' + Integer.toHexString(System.identityHashCode(lock));
    }

    private static final class None extends WriteDiscipline {
        @Override
        boolean isKeptBy(Thread caller) {
            return true;
        }

        @Override
        String breach(Operation call) {
            return "";
        }

        @Override
        public String toString() {
            return "under no declared discipline";
        }
    }

    /** Writers hold a lock or a monitor. */
    private static sealed class Held extends WriteDiscipline {
        private final BooleanSupplier heldByCaller;
        private final String name;
        private final String breach;

        Held(BooleanSupplier heldByCaller, String name, String breach) {
            this.heldByCaller = heldByCaller;
            this.name = name;
            this.breach = breach;
        }

        @Override
        boolean isKeptBy(Thread caller) {
            return heldByCaller.getAsBoolean();
        }

        @Override
        String breach(Operation call) {
            return breach;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** The outbox holds its lock while it writes. */
    private static final class Outboxed extends Held {
        private final BooleanSupplier mayWait;
        private final List<StackTraceElement> offer = List.of(StackTraces.innermostOfCaller(Operation.FIRST_OFFER));
        private final String offerer = new KnownThread(Thread.currentThread()).toString();
        private final Instant time = Instant.now();

        Outboxed(BooleanSupplier heldByCaller, BooleanSupplier mayWait) {
            super(heldByCaller, "left to its outbox", "and this call bypassed it");
            this.mayWait = mayWait;
        }

        @Override
        String breach(Operation call) {
            return super.breach(call)
                    + (call.isSetting()
                            ? ": change settings before the first offer"
                            : ": offer the message to outbox() instead");
        }

        @Override
        boolean isLeftToOutbox() {
            return true;
        }

        @Override
        boolean isForOwnerToFail(Thread caller) {
            return isKeptBy(caller) && mayWait.getAsBoolean();
        }

        @Override
        Writer firstOffer() {
            String operation = Operation.FIRST_OFFER.methodName();
            return new Writer(offerer, operation, time, offer);
        }
    }

    private static final class Confined extends WriteDiscipline {
        private final KnownThread owner;
        private final String words;

        Confined(Thread owner, String words) {
            this.owner = new KnownThread(owner);
            this.words = words;
        }

        @Override
        boolean isKeptBy(Thread caller) {
            return owner.is(caller);
        }

        @Override
        String breach(Operation call) {
            return "and this is another thread";
        }

        @Override
        public String toString() {
            return words + owner;
        }
    }

    private static final class FirstWriter extends WriteDiscipline {
        @Override
        boolean isKeptBy(Thread caller) {
            return true; // asked only before there was a write
        }

        @Override
        String breach(Operation call) {
            return "";
        }

        @Override
        WriteDiscipline from(Thread firstWriter) {
            return new Confined(firstWriter, "confined to the thread that wrote first, ");
        }

        @Override
        public String toString() {
            return "confined to the thread that writes first";
        }
    }
}
