package io.twintrace.websocket.detect;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * Notices two threads inside the write methods of one connection and fails both. One slot holds {@code null}, the thread
 * that is inside, or a {@link Conflict}, which stays for good. No lock, and nothing is allocated until a conflict.
 *
 * <p>The order of steps is what makes "exactly one failed" impossible. The second thread swaps the first for a conflict
 * before anything else; from then on the first cannot leave unnoticed, since leaving means swapping itself for null. So
 * either the first left in time, and nothing happened, or both find the conflict. Each of them publishes its own stack
 * before it throws, and looks for the other's published stack after it has sampled one: whichever it uses was taken while
 * the other was inside the write method.
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

    private static final LongAdder CONFLICTS = new LongAdder();

    private static final StackTraceElement[] NO_STACK = new StackTraceElement[0];

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            SLOT = lookup.findVarHandle(WriteDetector.class, "slot", Object.class);
            lookup.ensureInitialized(Conflict.class); // else the first conflict would be over before it is loaded
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String connection;
    private final DetectorLevel level;
    private final boolean traced;
    private final ConcurrentWriteListener onConflict;

    /** Null, the Thread inside a write method, or a Conflict. */
    @SuppressWarnings("unused") // through SLOT
    private volatile Object slot;

    // Owned by the thread in the slot.

    /** The thread that last worked on the open message; null while none is open, and always at level CALLS. */
    private Thread messageHolder;

    /** Where the open message was opened; only at level TRACED. */
    private StackTraceElement[] openedAt = NO_STACK;

    /** Where the latest call that writes came in, so the message holder's while one is open; only at level TRACED. */
    private StackTraceElement[] lastEntry = NO_STACK;

    /**
     * @param connection the connection's name in reports
     * @param level how much to watch
     * @param onConflict told once, on the second thread, before it throws
     */
    public WriteDetector(String connection, DetectorLevel level, ConcurrentWriteListener onConflict) {
        this.connection = Objects.requireNonNull(connection, "connection");
        this.level = Objects.requireNonNull(level, "level");
        this.traced = level == DetectorLevel.TRACED;
        this.onConflict = Objects.requireNonNull(onConflict, "onConflict");
    }

    /** How many conflicts this virtual machine has seen since its start. */
    public static long conflictsDetected() {
        return CONFLICTS.sum();
    }

    /**
     * The first line of a guarded method.
     *
     * @throws ConcurrentWriteException when another thread is inside, or holds a message open that this operation would
     *     cut in half, or when there was a conflict before
     * @throws IllegalStateException when this very thread is inside: a write within a write, which poisons nothing
     */
    public void enter(Operation operation) {
        Thread me = Thread.currentThread();
        if (!SLOT.compareAndSet(this, null, me)) {
            enterOccupied(operation, me);
        }
        if (messageHolder != null) {
            enterDuringMessage(operation, me);
        }
        if (traced && !operation.isSetting()) { // a setting may be another thread's than the holder's
            lastEntry = StackTraces.ofCaller(new Throwable());
        }
    }

    /**
     * The last line of a guarded method.
     *
     * @param thrown what the method is about to throw, or null
     * @throws ConcurrentWriteException when another thread came while this one was inside; {@code thrown} is suppressed
     *     under it
     */
    public void leave(Operation operation, Throwable thrown) {
        Thread me = Thread.currentThread();
        if (!SLOT.compareAndSet(this, me, null)) {
            leaveConflict(operation, me, thrown);
        }
    }

    /** Takes note that the message which the calling thread has just begun stays open. Only between enter and leave. */
    public void messageOpened() {
        if (level != DetectorLevel.CALLS) {
            messageHolder = Thread.currentThread();
            if (traced) {
                openedAt = StackTraces.ofCaller(new Throwable());
            }
        }
    }

    /** Takes note that the calling thread goes on with the open message, whoever began it. Only between enter and leave. */
    public void messageContinued() {
        if (messageHolder != null) {
            messageHolder = Thread.currentThread();
        }
    }

    /** Takes note that no message is open any more. Only between enter and leave. */
    public void messageFinished() {
        messageHolder = null;
        openedAt = NO_STACK;
    }

    /** Whether a conflict has failed the write side. Safe for any thread. */
    public boolean isPoisoned() {
        return slot instanceof Conflict;
    }

    private void enterOccupied(Operation operation, Thread me) {
        Conflict mine = null;
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
                throw afterConflict(conflict, operation, me);
            } else {
                Thread owner = (Thread) inside;
                if (mine == null || !mine.isFirst(owner)) {
                    mine = Conflict.overlapping(connection, level, owner, me, operation);
                }
                if (SLOT.compareAndSet(this, owner, mine)) {
                    throw detected(mine);
                }
                // The owner has left, or someone else was quicker: look again.
            }
        }
    }

    private void enterDuringMessage(Operation operation, Thread me) {
        if (operation.startsMessage() && messageHolder != me) {
            Conflict mine = Conflict.interleaved(connection, level, messageHolder, me, operation, lastEntry, openedAt);
            if (!SLOT.compareAndSet(this, me, mine)) {
                leaveConflict(operation, me, null); // a third thread has come meanwhile
            }
            throw detected(mine);
        }
    }

    private void leaveConflict(Operation operation, Thread me, Throwable thrown) {
        Conflict conflict = (Conflict) slot;
        ConcurrentWriteException mine = conflict.firstFails(me, operation);
        if (thrown != null) {
            mine.addSuppressed(thrown);
        }
        throw mine;
    }

    /** The second thread's part, once its conflict stands in the slot. */
    private ConcurrentWriteException detected(Conflict conflict) {
        ConcurrentWriteException mine = conflict.secondFails();
        CONFLICTS.increment();
        ConcurrentWriteReport report = mine.report();
        try {
            onConflict.onConcurrentWrite(report);
        } catch (Throwable t) { // nothing may come between the two threads and their exceptions
            mine.addSuppressed(t);
        }
        try {
            ConcurrentWriteEvent.record(report);
        } catch (LinkageError e) {
            // A runtime image without the module jdk.jfr has no recorder to tell.
        }
        return mine;
    }

    /** The holder of the cut message fails once as the first writer, everybody else as one who came later. */
    private static ConcurrentWriteException afterConflict(Conflict conflict, Operation operation, Thread me) {
        boolean holder = conflict.isInterleaved()
                && !conflict.isSecond(me)
                && (conflict.isFirst(me) || operation.continuesMessage());
        return holder && conflict.claimFirst() ? conflict.firstFails(me, operation) : conflict.laterFails(operation);
    }
}
