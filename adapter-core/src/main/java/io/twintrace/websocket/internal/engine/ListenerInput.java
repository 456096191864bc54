package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseSentException;
import io.twintrace.websocket.PendingWritesException;
import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.internal.read.IncomingMessages;
import io.twintrace.websocket.internal.read.Next;
import io.twintrace.websocket.internal.read.TurnBudget;
import io.twintrace.websocket.internal.write.FrameWriter;
import io.twintrace.websocket.internal.write.PendingStatus;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads what has arrived and shows it to the listener, as long as the peer takes the answers. Only the thread in the
 * turn calls these methods.
 */
final class ListenerInput {
    /** The number of reads in a turn before other connections get the thread. */
    private static final int MAX_FILLS = 16;

    private static final int MANY_PEERS = 8;

    private final ConnectionId id;
    private final ListenerState state;
    private final ListenerCalls calls;
    private final IncomingMessages messages;
    private final ConnectionDeadlines deadlines;
    private final FrameWriter frames;
    private final PendingStatus pending;
    private final TurnBudget budget;

    /** Whether input has arrived that was not parsed, because the peer has to read first. */
    private boolean stalled;

    /** Whether input has arrived that was not parsed, because other connections come first. */
    private boolean interrupted;

    ListenerInput(
            ConnectionId id,
            ListenerState state,
            ListenerCalls calls,
            IncomingMessages messages,
            ConnectionDeadlines deadlines,
            FrameWriter frames,
            PendingStatus pending,
            TurnBudget budget) {
        this.id = id;
        this.state = state;
        this.calls = calls;
        this.messages = messages;
        this.deadlines = deadlines;
        this.frames = frames;
        this.pending = pending;
        this.budget = budget;
    }

    /** Returns whether input has arrived that was not parsed, because the peer has to read first. */
    boolean isStalled() {
        return stalled;
    }

    /** Returns whether input has arrived that was not parsed, because other connections come first. */
    boolean isInterrupted() {
        return interrupted;
    }

    /**
     * Shows what has arrived already, and then reads more.
     *
     * @return true if nothing more has arrived; false if that is not known
     */
    boolean readOn(ListenerTurn turn) throws IOException {
        budget.begin();
        if (stalled || interrupted) {
            budget.workAt(deadlines.readsAgain());
            stalled = false;
            interrupted = false;
        }
        for (int fills = 0; ; fills++) {
            if (state.isReading()) {
                parse(turn);
            }
            turn.runTasks();
            // If many peers are written to, another look at the input costs little, and may save a write to each.
            boolean broadcasts = turn.members() > MANY_PEERS;
            if (!broadcasts) {
                turn.flush(); // the answers to one fill leave together
            }
            boolean enough = (fills > 0 && messages.isDrained() && !broadcasts) || fills == MAX_FILLS;
            stalled |= pending.hasPending();
            interrupted = state.isOpen() && budget.isReached() && mayHaveMore();
            boolean done = state.isOver() || stalled || enough || budget.isReached();
            if (done || !fill()) {
                keepBeginning(turn);
                deadlines.frameMayBeIncomplete(messages.isInsideFrame(), messages.framesBegun());
                return !done;
            }
        }
    }

    /** Returns whether input may have arrived that was not parsed, also in the buffer that a message is read into. */
    private boolean mayHaveMore() {
        return budget.hasRefused() || messages.remaining() > 0 || messages.isInsideMessage();
    }

    /** Reads once. Returns false if there is nothing to read now. */
    private boolean fill() throws IOException {
        int n = messages.fill();
        if (n < 0 && state.isLingering()) {
            state.finish();
        } else if (n < 0) {
            if (state.isOpen() && messages.assembleBeginning()) {
                return true; // what has arrived may be wrong, which is the better reason to end
            }
            throw new EOFException("connection ended without a Close frame");
        }
        if (n > 0) {
            budget.workAt(deadlines.arrived(true));
            if (state.isLingering()) {
                messages.dropArrived();
            }
        }
        return n > 0;
    }

    /**
     * Parses the input, and continues after a control frame whose handler has thrown. An error that occurs before any
     * input is taken ends reading.
     */
    private void parse(ListenerTurn turn) throws IOException {
        boolean again;
        do {
            int before = messages.remaining();
            again = false;
            try {
                showArrived(turn);
            } catch (CloseSentException | PendingWritesException e) { // from a handler, because reading does not write
                state.listenerFailed(e);
                again = true;
            } catch (IOException | VirtualMachineError e) {
                throw e;
            } catch (Throwable t) {
                if (messages.remaining() == before) {
                    throw new IOException("connection " + id + " cannot be read any further after an error", t);
                }
                state.listenerFailed(t);
                again = true;
            }
        } while (again);
    }

    private void showArrived(ListenerTurn turn) throws IOException {
        while (state.isOpen() && frames.broken() == null) {
            if (pending.hasPending()) {
                stalled = true;
                return;
            }
            if (budget.isReached()) {
                return;
            }
            Next next = messages.next();
            if (next == Next.END) {
                state.endReading(null);
            }
            if (next != Next.BEGUN || !messages.takeWhole()) {
                return;
            }
            ByteBuffer payload = turn.window(messages.whole(), messages.start(), messages.length());
            if (!calls.message(turn, messages.type(), payload)) {
                state.dropRest();
            }
            messages.release();
            budget.shown();
        }
        if (state.isDropping() && messages.dropToClose()) {
            state.endReading(null);
        }
    }

    /**
     * Keeps the beginning of a frame or message without the buffer that it came in, because this turn reads no more.
     */
    private void keepBeginning(ListenerTurn turn) throws IOException {
        if (stalled || interrupted) {
            return;
        }
        if (state.isOpen() && messages.assembleBeginning()) {
            parse(turn);
            turn.flush();
        }
        if (state.isReading() && !stalled && frames.broken() == null) {
            messages.keepBeginning();
        }
    }
}
