package io.twintrace.websocket.detect;

import io.twintrace.websocket.detect.ConcurrentWriteReport.Writer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Detects two threads inside the write methods of one connection, and fails both. One slot holds {@code null}, the
 * thread that is inside, or a {@link Conflict}, which stays forever. Uses no lock, and allocates nothing before a
 * conflict.
 *
 * <p>The order of steps guarantees that never exactly one of the two fails. First, the second thread replaces the first
 * in the slot by a conflict. From then on the first cannot leave unnoticed, because to leave it must replace itself by
 * null. So either the first left in time, and nothing happens, or both find the conflict. Each thread publishes its own
 * stack before it throws, and checks for the other's published stack after it sampled one. So each stack was taken
 * while its thread was inside the write method.
 *
 * <p>{@link #enter} and {@link #leave} come in pairs around each guarded method, from its first line to its last:
 *
 * <pre>{@code
 * detector.enter(operation);
 * try {
 *     ...
 * } catch (Throwable t) {
 *     detector.leave(operation, t);
 *     throw t;
 * }
 * detector.leave(operation, null);
 * }</pre>
 *
 * <p>Each guarded method repeats these lines, because a helper with a lambda would allocate one for each call.
 */
public final class WriteDetector extends WriteRules {
    private static final VarHandle SLOT;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            SLOT = lookup.findVarHandle(WriteDetector.class, "slot", Object.class);
            lookup.ensureInitialized(Conflict.class); // otherwise the first conflict ends before it is loaded
            lookup.ensureInitialized(ConflictFailures.class);
            boolean unused = StackTraces.isInsideAnotherGuard(); // loads what a thread near its stack's end could not
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** How often the outbox's thread checks whether the other thread has noticed that it should not be inside. */
    private static final int MAX_LOOKS = 1000;

    private static final long LOOK_AGAIN_NANOS = 10_000;

    /** Null, the Thread inside a write method, or a Conflict. */
    @SuppressWarnings("unused") // through SLOT
    private volatile Object slot;

    /**
     * The value of {@link ConnectionActivity#received} when the operation of the thread in the slot began. Owned by that
     * thread. The second thread also reads it.
     */
    private long receivedBefore;

    /**
     * Creates the detector of one connection.
     *
     * @param connection the name in reports
     * @param level the conflicts to detect
     * @param activity what has happened on the connection
     * @param onConflict the connection's response to a conflict
     */
    public WriteDetector(
            ConnectionId connection, DetectorLevel level, ConnectionActivity activity, ConflictResponse onConflict) {
        super(connection, level, activity, onConflict);
    }

    /**
     * Returns the discipline that leaves writes to an outbox, which holds this lock while it writes. Reports name the
     * calling thread and show its stack. For the outbox itself; an application declares this by its first offer.
     *
     * @param heldByOutbox held by the thread that writes for the outbox
     * @param mayWait whether the calling thread may wait briefly; called on a thread that holds the lock
     * @return the discipline, for one connection
     */
    public static WriteDiscipline throughOutbox(ReentrantLock heldByOutbox, BooleanSupplier mayWait) {
        return WriteDiscipline.throughOutbox(heldByOutbox, mayWait);
    }

    /**
     * Enters a guarded method. Call this in its first line.
     *
     * @param operation the guarded method
     * @throws ConcurrentWriteException when another thread is inside, or has a message open that this operation would
     *     cut in half, when the call breaks the declared discipline, or after an earlier conflict
     * @throws IllegalStateException when this thread itself is inside: a nested write, which fails nothing else
     */
    public void enter(Operation operation) {
        Thread me = Thread.currentThread();
        long alreadyReceived = activity.received();
        byte code = operation.code();
        if (!SLOT.compareAndSet(this, null, me)) {
            enterOccupied(operation, me);
        }
        receivedBefore = alreadyReceived;
        call = code;
        if (watchful || messageOpen) { // not a call, for which there may be no stack left
            try {
                enterAttentively(operation, me);
            } catch (StackOverflowError e) {
                call = 0;
                if (slot == me) {
                    slot = null; // see leave
                }
                throw e;
            } catch (Throwable t) { // a conflict, or no memory left: no thread may find this one inside
                call = 0;
                if (!SLOT.compareAndSet(this, me, null)
                        && !(t instanceof ConcurrentWriteException)
                        && !((Conflict) slot).isSecond(me)) { // else no memory for the exception
                    leaveConflict(operation, me, t);
                }
                throw t;
            }
        }
    }

    /**
     * Leaves a guarded method. Call this in its last line.
     *
     * @param operation the guarded method
     * @param thrown the exception that the method is about to throw, or null
     * @throws ConcurrentWriteException when another thread came while this one was inside; {@code thrown} is suppressed
     *     under it
     */
    public void leave(Operation operation, Throwable thrown) {
        call = 0;
        Thread me;
        boolean left;
        try {
            me = Thread.currentThread();
            left = SLOT.compareAndSet(this, me, null);
        } catch (StackOverflowError e) {
            // The calls above need stack until they are compiled. This overwrites a conflict that arrives now, but both
            // threads still fail: the other one with its exception, and this one with the error.
            if (slot instanceof Thread) {
                slot = null;
            }
            throw e;
        }
        if (!left) {
            leaveConflict(operation, me, thrown);
        }
    }

    /**
     * Fails the calling thread if an asynchronous send is not complete. Call this only between enter and leave.
     *
     * @param send the last one
     * @param operation the method that the calling thread has entered
     * @throws ConcurrentWriteException if it is not complete; then do not leave
     */
    public void checkComplete(AsynchronousSend send, Operation operation) {
        Writer account = send.account(); // first: it is gone once the send is complete
        if (!send.isComplete()) {
            call = 0;
            Thread me = Thread.currentThread();
            fail(Conflict.incomplete(this, send.caller(), account, me, operation), operation, me);
        }
    }

    /** {@return whether a conflict has failed the write side} Any thread may call this. */
    public boolean isPoisoned() {
        return slot instanceof Conflict;
    }

    private void enterOccupied(Operation operation, Thread me) {
        Conflict mine = null;
        int looks = 0;
        while (true) {
            Object inside = slot;
            if (inside == null) {
                if (SLOT.compareAndSet(this, null, me)) {
                    return;
                }
            } else if (inside == me) {
                if (!StackTraces.isInsideAnotherGuard()) {
                    return; // its stack overflowed before it could leave, so that it is inside already
                }
                throw new IllegalStateException(operation.methodName() + " on WebSocket connection " + connection()
                        + " was called by a thread that is already writing to it: a serializer, stream or handler"
                        + " that runs during a write must not write to the same connection");
            } else if (inside instanceof Conflict conflict) {
                throw ConflictFailures.ofLater(conflict, operation, me);
            } else {
                Thread owner = (Thread) inside;
                if (!owner.isAlive() && SLOT.compareAndSet(this, owner, me)) {
                    return; // its stack overflowed before it could leave
                }
                if (looks < MAX_LOOKS && discipline().isForOwnerToFail(me)) {
                    // The owner's own report names both places. The report of an overlap would name this thread, which
                    // runs no application code.
                    looks++;
                    LockSupport.parkNanos(LOOK_AGAIN_NANOS);
                    continue;
                }
                if (mine == null || !mine.isFirst(owner)) {
                    mine = meeting(owner, operation, me);
                }
                if (replace(owner, mine)) {
                    Operation first = Operation.ofCode(call);
                    boolean mayAnswer = first != null && mine.isOverlap();
                    mine.firstIsInside(first, mayAnswer && receivedBefore != activity.received());
                    throw ConflictFailures.ofSecond(mine);
                }
                // The owner has left, or another thread was faster: look again.
            }
        }
    }

    /** Reports a write past the outbox as such, even while the outbox is writing. */
    private Conflict meeting(Thread owner, Operation operation, Thread me) {
        WriteDiscipline declared = discipline();
        return declared.isLeftToOutbox() && !declared.isKeptBy(me)
                ? Conflict.ofDiscipline(this, new KnownThread(owner), declared.firstOffer(), me, operation)
                : Conflict.overlapping(this, owner, me, operation);
    }

    private void enterAttentively(Operation operation, Thread me) {
        Conflict mine = breach(operation, me);
        if (mine != null) {
            fail(mine, operation, me);
        }
    }

    /** Fails the calling thread, which is inside and has found that it should not be. */
    private void fail(Conflict mine, Operation operation, Thread me) {
        if (!replace(me, mine)) {
            leaveConflict(operation, me, null); // a third thread came in between
        }
        throw ConflictFailures.ofSecond(mine);
    }

    /**
     * Puts a conflict in the place of the thread inside. Counts its report first: from then on another thread may fail,
     * and a test may end by that.
     */
    private boolean replace(Thread inside, Conflict mine) {
        boolean replaced = false;
        ConcurrentWrites.reportBegins();
        try {
            replaced = SLOT.compareAndSet(this, inside, mine);
        } finally {
            if (!replaced) {
                ConcurrentWrites.reportEnds();
            }
        }
        return replaced;
    }

    private void leaveConflict(Operation operation, Thread me, Throwable thrown) {
        throw ConflictFailures.ofFirst((Conflict) slot, operation, me, thrown);
    }
}
