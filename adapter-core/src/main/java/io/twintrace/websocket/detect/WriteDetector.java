package io.twintrace.websocket.detect;

import io.twintrace.websocket.detect.ConcurrentWriteReport.Writer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Notices two threads inside the write methods of one connection and fails both. One slot holds {@code null}, the
 * thread that is inside, or a {@link Conflict}, which stays for good. No lock, and nothing is allocated until a
 * conflict.
 *
 * <p>The order of steps is what makes "exactly one failed" impossible. The second thread swaps the first for a conflict
 * before anything else; from then on the first cannot leave unnoticed, since leaving means swapping itself for null. So
 * either the first left in time, and nothing happened, or both find the conflict. Each of them publishes its own stack
 * before it throws, and looks for the other's published stack after it has sampled one: whichever it uses was taken
 * while the other was inside the write method.
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
 * <p>The same lines stand in each guarded method, since a helper that takes them as a lambda would allocate one a call.
 */
public final class WriteDetector {
    private static final VarHandle SLOT;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            SLOT = lookup.findVarHandle(WriteDetector.class, "slot", Object.class);
            lookup.ensureInitialized(Conflict.class); // else the first conflict would be over before it is loaded
            lookup.ensureInitialized(ConflictFailures.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** How often the outbox's thread looks whether another one has found out that it should not be inside. */
    private static final int MAX_LOOKS = 1000;

    private static final long LOOK_AGAIN_NANOS = 10_000;

    private final ConnectionId connection;
    private final DetectorLevel level;
    private final LongSupplier lastFrame;
    private final LongSupplier received;
    private final ConflictResponse onConflict;
    private final WideWindow window = WideWindow.current();

    /** Null, the Thread inside a write method, or a Conflict. */
    @SuppressWarnings("unused") // through SLOT
    private volatile Object slot;

    // Owned by the thread in the slot.

    /**
     * The operation that the thread in the slot is inside of, counted from 1; 0 before it has said so, and from when it
     * begins to leave. Read by the second thread as well, once its conflict stands in the slot. No reference, which
     * would cost a garbage collector's barrier at every write.
     */
    private byte call;

    /** What {@link #received} was as that operation began; likewise. */
    private long receivedBefore;

    /** Whether a call has more to do than to pass: there is a discipline, a level TRACED or a wide window. */
    private boolean watchful;

    private WriteDiscipline discipline = WriteDiscipline.none();

    /** Null where no discipline is declared. */
    private DisciplineKeeper keeper;

    /** Whether a message is open; never at level CALLS. */
    private boolean messageOpen;

    /** The thread that last worked on the open message, or on one before; null while there was none. */
    private KnownThread messageHolder;

    /** Where the open message was opened; only at level TRACED. */
    private StackTraceElement[] openedAt = StackTraces.NO_STACK;

    /** Where the latest call that writes came in, so the message holder's while one is open; only at level TRACED. */
    private StackTraceElement[] lastEntry = StackTraces.NO_STACK;

    /**
     * Makes the detector of one connection.
     *
     * @param connection what reports call it
     * @param level how much to watch
     * @param lastFrame when the last frame of a message was begun, on the time line of {@link System#nanoTime()}; asked
     *     only for a report, inside the guard
     * @param received how much has come in messages from the peer, in whichever unit; asked at every call
     * @param onConflict what the connection does about a conflict
     */
    public WriteDetector(
            ConnectionId connection,
            DetectorLevel level,
            LongSupplier lastFrame,
            LongSupplier received,
            ConflictResponse onConflict) {
        this.connection = Objects.requireNonNull(connection, "connection");
        this.level = Objects.requireNonNull(level, "level");
        this.lastFrame = Objects.requireNonNull(lastFrame, "lastFrame");
        this.received = Objects.requireNonNull(received, "received");
        this.onConflict = Objects.requireNonNull(onConflict, "onConflict");
        this.watchful = level == DetectorLevel.TRACED || window != null;
    }

    /**
     * The discipline that leaves writing to an outbox, which holds this lock while it writes. Reports name the calling
     * thread, and show where it is now.
     *
     * @param heldByOutbox held by the thread that writes for the outbox
     * @param mayWait whether the calling thread may wait for a moment; asked of a thread that holds the lock
     * @return the discipline, for one connection
     */
    public static WriteDiscipline throughOutbox(ReentrantLock heldByOutbox, BooleanSupplier mayWait) {
        return WriteDiscipline.throughOutbox(heldByOutbox, mayWait);
    }

    /**
     * Has every write from now on keep a discipline. Only between enter and leave.
     *
     * @param declared the rule; {@link WriteDiscipline#none()} for none
     */
    public void declare(WriteDiscipline declared) {
        boolean isRule = declared != WriteDiscipline.none();
        keeper = isRule ? new DisciplineKeeper() : null;
        discipline = declared;
        watchful = level == DetectorLevel.TRACED || window != null || isRule;
    }

    ConnectionId connection() {
        return connection;
    }

    DetectorLevel level() {
        return level;
    }

    WriteDiscipline discipline() {
        return discipline;
    }

    ConflictResponse onConflict() {
        return onConflict;
    }

    /**
     * The first line of a guarded method.
     *
     * @param operation the guarded method
     * @throws ConcurrentWriteException when another thread is inside, or holds a message open that this operation would
     *     cut in half, when the declared discipline is broken, or when there was a conflict before
     * @throws IllegalStateException when this very thread is inside: a write within a write, which poisons nothing
     */
    public void enter(Operation operation) {
        Thread me = Thread.currentThread();
        long alreadyReceived = received.getAsLong();
        byte code = operation.code();
        if (!SLOT.compareAndSet(this, null, me)) {
            enterOccupied(operation, me);
        }
        receivedBefore = alreadyReceived;
        call = code;
        if (watchful || messageOpen) {
            try {
                enterAttentively(operation, me);
            } catch (StackOverflowError e) {
                call = 0;
                if (slot == me) {
                    slot = null; // see leave
                }
                throw e;
            } catch (Throwable t) { // a conflict, or no memory left: nobody may find this thread inside
                call = 0;
                if (!SLOT.compareAndSet(this, me, null) && !(t instanceof ConcurrentWriteException)) {
                    leaveConflict(operation, me, t);
                }
                throw t;
            }
        }
    }

    /**
     * The last line of a guarded method.
     *
     * @param operation the guarded method
     * @param thrown what the method is about to throw, or null
     * @throws ConcurrentWriteException when another thread came while this one was inside; {@code thrown} is suppressed
     *     under it
     */
    public void leave(Operation operation, Throwable thrown) {
        Thread me = Thread.currentThread();
        call = 0;
        boolean left;
        try {
            left = SLOT.compareAndSet(this, me, null);
        } catch (StackOverflowError e) {
            // That call takes stack, until it is compiled. A conflict that comes just now is overwritten, but both
            // threads fail: the other one by its exception, and this one by the error.
            if (slot == me) {
                slot = null;
            }
            throw e;
        }
        if (!left) {
            leaveConflict(operation, me, thrown);
        }
    }

    /** Takes note that the message which the calling thread has just begun stays open. Only between enter and leave. */
    public void messageOpened() {
        if (level != DetectorLevel.CALLS) {
            messageOpen = true;
            messageContinued();
            if (level == DetectorLevel.TRACED) {
                openedAt = StackTraces.ofCaller(Operation.NEXT_WRITER);
            }
        }
    }

    /**
     * Takes note that the calling thread goes on with the open message, whoever began it. Only between enter and leave.
     */
    public void messageContinued() {
        if (messageOpen) {
            Thread me = Thread.currentThread();
            if (messageHolder == null || !messageHolder.is(me)) {
                messageHolder = new KnownThread(me);
            }
        }
    }

    /** Takes note that no message is open any more. Only between enter and leave. */
    public void messageFinished() {
        messageOpen = false;
        openedAt = StackTraces.NO_STACK;
    }

    /** {@return whether a conflict has failed the write side} Safe for any thread. */
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
                throw new IllegalStateException(operation.methodName() + " on WebSocket connection " + connection
                        + " was called by a thread that is inside another write on it: a serializer, stream or handler"
                        + " that runs during a write must not write to the same connection");
            } else if (inside instanceof Conflict conflict) {
                throw ConflictFailures.ofLater(conflict, operation, me);
            } else {
                Thread owner = (Thread) inside;
                if (looks < MAX_LOOKS && discipline.isForOwnerToFail(me)) {
                    // The owner's own report names both places. That of an overlap would name this thread, which has
                    // no code of the application.
                    looks++;
                    LockSupport.parkNanos(LOOK_AGAIN_NANOS);
                    continue;
                }
                if (mine == null || !mine.isFirst(owner)) {
                    mine = meeting(owner, operation, me);
                }
                if (SLOT.compareAndSet(this, owner, mine)) {
                    Operation first = Operation.ofCode(call);
                    boolean mayAnswer = first != null && mine.isOverlap();
                    mine.firstIsInside(first, mayAnswer && receivedBefore != received.getAsLong());
                    throw ConflictFailures.ofSecond(mine);
                }
                // The owner has left, or someone else was quicker: look again.
            }
        }
    }

    /** A write that goes past the outbox is reported as that, even while the outbox is writing. */
    private Conflict meeting(Thread owner, Operation operation, Thread me) {
        WriteDiscipline declared = discipline;
        return declared.isLeftToOutbox() && !declared.isKeptBy(me)
                ? Conflict.ofDiscipline(this, new KnownThread(owner), declared.firstOffer(), me, operation)
                : Conflict.overlapping(this, owner, me, operation);
    }

    /** Whatever is asked for only by some connections or during a message, so that the others pass with a look. */
    private void enterAttentively(Operation operation, Thread me) {
        if (watchful) {
            enterWatched(operation, me);
        }
        if (messageOpen) {
            enterDuringMessage(operation, me);
        }
    }

    private void enterWatched(Operation operation, Thread me) {
        if (operation != Operation.FIRST_OFFER && !discipline.isKeptBy(me)) {
            Writer account =
                    discipline.isLeftToOutbox() ? discipline.firstOffer() : keeper.account(lastFrame, lastEntry);
            fail(Conflict.ofDiscipline(this, keeper.thread(), account, me, operation), operation, me);
        }
        boolean cutsMessage = messageOpen && !messageHolder.is(me) && operation.startsMessage();
        if (!operation.isSetting() && !cutsMessage) { // a setting may be another thread's than the holder's
            remember(operation, me);
        }
        if (window != null) {
            window.stay();
        }
    }

    private void remember(Operation operation, Thread me) {
        if (level == DetectorLevel.TRACED) {
            lastEntry = StackTraces.ofCaller(operation);
        }
        if (keeper != null) {
            if (keeper.isNobody()) {
                discipline = discipline.from(me);
            }
            keeper.writes(me, operation);
        }
    }

    private void enterDuringMessage(Operation operation, Thread me) {
        if (operation.startsMessage() && !messageHolder.is(me)) {
            fail(Conflict.interleaved(this, messageHolder, me, operation, lastEntry, openedAt), operation, me);
        }
    }

    /** The calling thread, which is inside, has found by itself that it should not be. */
    private void fail(Conflict mine, Operation operation, Thread me) {
        if (!SLOT.compareAndSet(this, me, mine)) {
            leaveConflict(operation, me, null); // a third thread has come meanwhile
        }
        throw ConflictFailures.ofSecond(mine);
    }

    private void leaveConflict(Operation operation, Thread me, Throwable thrown) {
        throw ConflictFailures.ofFirst((Conflict) slot, operation, me, thrown);
    }
}
