package io.twintrace.websocket.detect;

import io.twintrace.websocket.detect.ConcurrentWriteReport.Writer;
import java.util.Objects;

/**
 * The rules that a call can break although no other thread is inside: the declared discipline, and that one thread's
 * open message is not cut in half by another's. Keeps what a report needs to know of earlier calls. This part of
 * {@link WriteDetector} is a superclass and not an object, because each connection has one.
 */
abstract class WriteRules {
    private final ConnectionId connection;
    private final DetectorLevel level;
    final ConnectionActivity activity;
    private final ConflictResponse onConflict;
    private final WideWindow window = WideWindow.current();

    // Owned by the thread in the detector's slot. It reads some without a call, for which it may have no stack left.

    /**
     * The operation of the thread in the slot, counted from 1. It is 0 before the thread sets it, and once it begins to
     * leave. The second thread also reads it, after its conflict is in the slot. Not a reference, because that would
     * need a garbage collector's barrier at every write.
     */
    byte call;

    /** Whether calls need more checks: there is a discipline, the level is TRACED, or a wide window is open. */
    boolean watchful;

    private WriteDiscipline discipline = WriteDiscipline.none();

    /** Null if no discipline is declared. */
    private DisciplineKeeper keeper;

    /** Whether a message is open; never at level CALLS. */
    boolean messageOpen;

    /** The last thread that worked on the open message, or on the one before; null if there was none. */
    private KnownThread messageHolder;

    /** Where the open message was opened; only at level TRACED. */
    private StackTraceElement[] openedAt = StackTraces.NO_STACK;

    /** The stack of the latest write call; only at level TRACED. */
    private StackTraceElement[] entered = StackTraces.NO_STACK;

    /** The stack of the latest call that worked on the open message, or on the one before; only at level TRACED. */
    private StackTraceElement[] lastOfHolder = StackTraces.NO_STACK;

    WriteRules(ConnectionId connection, DetectorLevel level, ConnectionActivity activity, ConflictResponse onConflict) {
        this.connection = Objects.requireNonNull(connection, "connection");
        this.level = Objects.requireNonNull(level, "level");
        this.activity = Objects.requireNonNull(activity, "activity");
        this.onConflict = Objects.requireNonNull(onConflict, "onConflict");
        this.watchful = level == DetectorLevel.TRACED || window != null;
    }

    /**
     * Declares a discipline for every write from now on. Call this only between enter and leave.
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

    /** Records that the calling thread's new message stays open. Call this only between enter and leave. */
    public void messageOpened() {
        if (level != DetectorLevel.CALLS) {
            messageOpen = true;
            messageContinued();
            if (level == DetectorLevel.TRACED) {
                openedAt = StackTraces.ofCaller(Operation.ofCode(call));
            }
        }
    }

    /**
     * Records that the calling thread continues the open message, whichever thread began it. Call this only between
     * enter and leave.
     */
    public void messageContinued() {
        if (messageOpen) {
            Thread me = Thread.currentThread();
            if (messageHolder == null || !messageHolder.is(me)) {
                messageHolder = new KnownThread(me);
            }
            lastOfHolder = entered;
        }
    }

    /** Records that no message is open any more. Call this only between enter and leave. */
    public void messageFinished() {
        messageOpen = false;
        openedAt = StackTraces.NO_STACK;
    }

    // ---- The check ------------------------------------------------------------------------------------------------

    /**
     * Checks a call that begins, and remembers it. Other calls than {@link #watchful} ones and those during a message skip
     * this.
     *
     * @return the conflict if the call breaks a rule; null if not
     */
    Conflict breach(Operation operation, Thread me) {
        Conflict breach = watchful ? breachWhenWatchful(operation, me) : null;
        return breach == null && messageOpen ? breachDuringMessage(operation, me) : breach;
    }

    private Conflict breachWhenWatchful(Operation operation, Thread me) {
        if (operation != Operation.FIRST_OFFER && !discipline.isKeptBy(me)) {
            Writer account = discipline.isLeftToOutbox() ? discipline.firstOffer() : keeper.account(activity, entered);
            return Conflict.ofDiscipline(this, keeper.thread(), account, me, operation);
        }
        boolean cutsMessage = messageOpen && !messageHolder.is(me) && operation.startsMessage();
        if (!operation.isSetting() && !cutsMessage) { // another thread than the holder may change a setting
            remember(operation, me);
        }
        if (window != null) {
            window.stay();
        }
        return null;
    }

    private void remember(Operation operation, Thread me) {
        if (level == DetectorLevel.TRACED) {
            entered = StackTraces.ofCaller(operation);
        }
        if (keeper != null) {
            if (keeper.isNobody()) {
                discipline = discipline.from(me);
            }
            keeper.writes(me, operation);
        }
    }

    private Conflict breachDuringMessage(Operation operation, Thread me) {
        return operation.startsMessage() && !messageHolder.is(me) && !activity.isOver()
                ? Conflict.interleaved(this, messageHolder, me, operation, lastOfHolder, openedAt)
                : null;
    }
}
