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
 * By which rule an application keeps its threads from writing to one connection at once. Without one, only writes that
 * overlap are conflicts; with one, every write against the rule is, so that a race is found at the first wrong call and
 * not at the first unlucky one.
 *
 * <p>Immutable, safe for any thread; one object may be declared for any number of connections. Reports name a lock by
 * its class and identity alone: nothing of the application is called to describe it.
 */
public abstract sealed class WriteDiscipline {
    private static final String NOT_HELD = "which it did not hold";

    private static final WriteDiscipline NONE = new None();
    private static final WriteDiscipline FIRST_WRITER = new FirstWriter();

    private WriteDiscipline() {}

    /** {@return no rule: the default} */
    public static WriteDiscipline none() {
        return NONE;
    }

    /**
     * Writers are inside {@code synchronized (monitor)}.
     *
     * @param monitor any object but a lock or a semaphore of {@code java.util.concurrent}; locks have
     *     {@link #guardedBy(Lock)}
     * @return the discipline
     * @throws IllegalArgumentException for a lock or a semaphore, which is seldom meant to be synchronized on
     */
    public static WriteDiscipline guardedBy(Object monitor) {
        if (Objects.requireNonNull(monitor, "monitor") instanceof Lock lock) {
            return guardedBy(lock);
        }
        if (monitor instanceof ReadWriteLock) {
            throw new IllegalArgumentException(
                    "guardedBy was given a " + monitor.getClass().getName()
                            + ", which is two locks: give it the one of them that writers hold, writeLock()");
        }
        if (isMeantToBeAcquired(monitor)) {
            throw new IllegalArgumentException(
                    "guardedBy was given a " + monitor.getClass().getName()
                            + ", which nobody means to synchronize on, and which cannot say whether the calling thread holds it"
                            + " alone; use a ReentrantLock, or any other object that writers synchronize on");
        }
        return new Held(() -> Thread.holdsLock(monitor), "guarded by the monitor of " + nameOf(monitor), NOT_HELD);
    }

    /**
     * Writers hold the lock.
     *
     * @param lock a {@link ReentrantLock}, or the write lock of a {@link ReentrantReadWriteLock}
     * @return the discipline
     * @throws IllegalArgumentException for any other, since only these can say who holds them
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
                        + ", which cannot say whether the calling thread holds it alone; use a ReentrantLock, or the writeLock()"
                        + " of a ReentrantReadWriteLock");
    }

    /**
     * Only one thread writes.
     *
     * @param thread which may write
     * @return the discipline
     */
    public static WriteDiscipline confinedTo(Thread thread) {
        return new Confined(Objects.requireNonNull(thread, "thread"), "confined to thread ");
    }

    /**
     * Only the thread writes that is the first to do so on the connection.
     *
     * @return the discipline
     */
    public static WriteDiscipline confinedToFirstWriter() {
        return FIRST_WRITER;
    }

    /**
     * Only the connection's outbox writes, which holds this lock while it does. For the outbox itself, which declares
     * it at the first offer, on the thread that makes it. Reports name the calling thread, and show where it is now.
     *
     * @param mayWait whether the calling thread may wait for a moment; asked of a thread that holds the lock
     */
    static WriteDiscipline throughOutbox(ReentrantLock heldByOutbox, BooleanSupplier mayWait) {
        return new Outboxed(heldByOutbox::isHeldByCurrentThread, mayWait);
    }

    /** Whether the calling thread may write. */
    abstract boolean isKeptBy(Thread caller);

    /** What is wrong with a call that may not be made, to be read after the discipline's name. */
    abstract String breach(Operation call);

    /** Whether writes are left to the outbox. */
    boolean isLeftToOutbox() {
        return false;
    }

    /**
     * Whether a thread inside a write is about to fail by itself, since only the caller may write, and the caller may
     * wait for that.
     */
    boolean isForOwnerToFail(Thread caller) {
        return false;
    }

    /** Who made the first offer to the outbox, and where; the stack of the outbox's own thread tells nothing. */
    Writer firstOffer() {
        throw new IllegalStateException("writes are " + this + ", and not left to the outbox");
    }

    /** What is to be kept from a write of this thread on. */
    WriteDiscipline from(Thread firstWriter) {
        return this;
    }

    /** How reports call it, to be read after "writes are". */
    @Override
    public abstract String toString();

    /** Whether it is a lock of the platform's, such as a StampedLock, a subclass of one, or a semaphore. */
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

    /** Whoever writes holds something. */
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
            super(heldByCaller, "left to its outbox", "and this call went past it");
            this.mayWait = mayWait;
        }

        @Override
        String breach(Operation call) {
            return super.breach(call)
                    + (call.isSetting()
                            ? ": settings belong before the first offer"
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
            return "and this is another one";
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
