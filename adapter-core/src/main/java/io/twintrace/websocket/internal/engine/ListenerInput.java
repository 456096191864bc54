package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseSentException;
import io.twintrace.websocket.PendingWritesException;
import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.io.ByteCounter;
import io.twintrace.websocket.internal.io.PushTransport;
import io.twintrace.websocket.internal.read.IncomingMessages;
import io.twintrace.websocket.internal.read.Next;
import io.twintrace.websocket.internal.read.TurnBudget;
import io.twintrace.websocket.internal.write.FrameWriter;
import io.twintrace.websocket.internal.write.PendingStatus;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Reads what has arrived and shows it to the listener, as long as the peer takes the answers. Between messages it lets
 * go of what has read them, so that an idle connection is small. Only the thread in the turn calls these methods,
 * except where they say otherwise.
 */
final class ListenerInput extends ConnectionSource implements ListenerState.Arrived {
    /** The number of reads in a turn before other connections get the thread. */
    private static final int MAX_FILLS = 16;

    private static final int MANY_PEERS = 8;

    private final ConnectionId id;
    private final ListenerState state;
    private final ListenerCalls calls;
    private final ControlFrameHandlers control;
    private final ConnectionDeadlines deadlines;
    private final FrameWriter frames;
    private final PendingStatus pending;

    /** Reads the messages if an earlier turn has read part of one, with compression, or if calls may block; else null. */
    private IncomingMessages kept;

    /** Null between turns. Another thread may see an old value, but never its own turn. */
    private ListenerTurn turn;

    /** Whether input has arrived that was not parsed, because the peer has to read first. */
    private boolean stalled;

    /** Whether input has arrived that was not parsed, because other connections come first. */
    private boolean interrupted;

    ListenerInput(
            ConnectionId id,
            ListenerState state,
            ListenerCalls calls,
            PushTransport transport,
            Optional<DeflateParameters> deflate,
            Shared shared,
            ControlFrameHandlers control,
            ConnectionDeadlines deadlines,
            FrameWriter frames,
            PendingStatus pending,
            ByteCounter counter) {
        super(transport, shared, counter);
        this.id = id;
        this.state = state;
        this.calls = calls;
        this.control = control;
        this.deadlines = deadlines;
        this.frames = frames;
        this.pending = pending;
        if (deflate.isPresent()) {
            this.kept = new IncomingMessages(this, deflate, shared.pools().deflate());
        }
    }

    // ---- Turns ----------------------------------------------------------------------------------------------------

    /** Begins a turn. */
    void beginTurn(ListenerTurn begun) {
        turn = begun;
        begun.beginReading(this, kept);
    }

    /**
     * Ends the turn. Keeps what it has read in part, and what reads it if calls may block: their threads are often new.
     *
     * @param advanced false after an error, which may have left anything behind
     */
    void endTurn(boolean advanced) {
        ListenerTurn ended = turn;
        turn = null;
        if (ended != null) {
            IncomingMessages left = ended.endReading(advanced && state.isOpen() && !calls.mayBlock());
            kept = state.isOver() ? null : left; // the application may hold the connection for long
        }
    }

    /** Returns whether the calling thread is in a turn of this connection. Any thread may call this. */
    boolean isInTurn() {
        ListenerTurn current = turn;
        return current != null && current.thread() == Thread.currentThread();
    }

    private IncomingMessages messages() {
        return turn == null ? kept : turn.messages();
    }

    /** Gives the read buffer back if it is empty, so that an idle connection holds none. */
    void releaseIfEmpty() {
        messages().releaseIfEmpty();
    }

    @Override
    public boolean isUsedUp() {
        IncomingMessages messages = messages();
        return messages != null && messages.isUsedUp();
    }

    @Override
    public void end() {
        IncomingMessages messages = messages();
        if (messages != null) {
            messages.end();
        }
        if (state.isOver()) {
            kept = null;
        }
    }

    @Override
    public ControlFrameHandlers control() {
        return control;
    }

    // ---- Reading --------------------------------------------------------------------------------------------------

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
    boolean readOn() throws IOException {
        IncomingMessages messages = turn.messages();
        TurnBudget budget = messages.budget();
        budget.begin(!calls.mayBlock());
        if (stalled || interrupted) {
            budget.workAt(deadlines.readsAgain());
            stalled = false;
            interrupted = false;
        }
        for (int fills = 0; ; fills++) {
            if (state.isReading()) {
                parse(messages);
            }
            turn.runTasks();
            // If many peers are written to, another look at the input costs little, and may save a write to each.
            boolean broadcasts = turn.members() > MANY_PEERS;
            if (!broadcasts) {
                turn.flush(); // the answers to one fill leave together
            }
            boolean enough = (fills > 0 && messages.isDrained() && !broadcasts) || fills == MAX_FILLS;
            stalled |= pending.hasPending();
            interrupted = state.isOpen() && budget.isReached() && mayHaveMore(messages);
            boolean done = state.isOver() || stalled || enough || budget.isReached();
            if (done || !fill(messages)) {
                keepBeginning(messages);
                deadlines.frameMayBeIncomplete(
                        messages.isInsideFrame(), counter().framesBegun());
                return !done;
            }
        }
    }

    /** Returns whether input may have arrived that was not parsed, also in the buffer that a message is read into. */
    private static boolean mayHaveMore(IncomingMessages messages) {
        return messages.budget().hasRefused() || messages.remaining() > 0 || messages.isInsideMessage();
    }

    /** Reads once. Returns false if there is nothing to read now. */
    private boolean fill(IncomingMessages messages) throws IOException {
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
            messages.budget().workAt(deadlines.arrived(true));
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
    private void parse(IncomingMessages messages) throws IOException {
        boolean again;
        do {
            int before = messages.remaining();
            again = false;
            try {
                showArrived(messages);
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

    private void showArrived(IncomingMessages messages) throws IOException {
        TurnBudget budget = messages.budget();
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
    private void keepBeginning(IncomingMessages messages) throws IOException {
        if (stalled || interrupted) {
            return;
        }
        if (state.isOpen() && messages.assembleBeginning()) {
            parse(messages);
            turn.flush();
        }
        if (state.isReading() && !stalled && frames.broken() == null) {
            messages.keepBeginning();
        }
    }
}
