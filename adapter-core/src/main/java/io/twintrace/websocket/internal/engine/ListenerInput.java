package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseSentException;
import io.twintrace.websocket.PendingWritesException;
import io.twintrace.websocket.internal.engine.FrameReader.Next;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads what has arrived and shows it to the listener, as far as the peer takes what is answered. For the thread in the
 * turn.
 */
final class ListenerInput {
    /** The number of reads in a turn before other connections get the thread. */
    private static final int MOST_FILLS = 16;

    private static final int MANY_PEERS = 8;

    private final String name;
    private final ListenerState state;
    private final ListenerCalls calls;
    private final ArrivingMessages messages;
    private final FrameReader frames;
    private final ReadingDeadlines deadlines;
    private final FrameWriter output;
    private final PushSink sink;
    private final WorkLimit limit;

    /** Whether something has arrived that was not looked at, since the peer has to read first. */
    private boolean stalled;

    /** The same, since other connections come first. */
    private boolean interrupted;

    ListenerInput(
            String name,
            ListenerState state,
            ListenerCalls calls,
            ArrivingMessages messages,
            FrameReader frames,
            ReadingDeadlines deadlines,
            FrameWriter output,
            PushSink sink,
            WorkLimit limit) {
        this.name = name;
        this.state = state;
        this.calls = calls;
        this.messages = messages;
        this.frames = frames;
        this.deadlines = deadlines;
        this.output = output;
        this.sink = sink;
        this.limit = limit;
    }

    /** Whether something has arrived that was not looked at, since the peer has to read first. */
    boolean isStalled() {
        return stalled;
    }

    /** Whether something has arrived that was not looked at, since other connections come first. */
    boolean isInterrupted() {
        return interrupted;
    }

    /**
     * Shows what has arrived already, and then what there is to read.
     *
     * @return true if nothing more has arrived; false if that is not known
     */
    boolean readOn(WriteBatch turn) throws IOException {
        limit.begin();
        if (stalled || interrupted) {
            limit.workAt(deadlines.readsAgain());
            stalled = false;
            interrupted = false;
        }
        for (int fills = 0; ; fills++) {
            if (state.isReading()) {
                parse(turn);
            }
            // Where many peers are written to, another look at the input costs little, and may save a write to each.
            boolean broadcasts = turn.pending() > MANY_PEERS;
            if (!broadcasts) {
                turn.flush(); // what one fill has brought is answered in one go
            }
            boolean enough = (fills > 0 && messages.isDrained() && !broadcasts) || fills == MOST_FILLS;
            stalled |= sink.isBacklogged();
            interrupted = state.isOpen() && limit.isReached() && mayHaveMore();
            boolean done = state.isOver() || stalled || enough || limit.isReached();
            if (done || !fill()) {
                keepBeginning(turn);
                deadlines.frameMayBeIncomplete(messages.isInsideFrame(), frames.framesBegun());
                return !done;
            }
        }
    }

    /** Whether something may have arrived that was not looked at: also in the buffer that a message is read into. */
    private boolean mayHaveMore() {
        return limit.hasRefused() || messages.remaining() > 0 || messages.isInsideMessage();
    }

    /** False when there is nothing to read now. */
    private boolean fill() throws IOException {
        int n = messages.fill();
        if (n < 0 && state.isLingering()) {
            state.finish();
        } else if (n < 0) {
            throw new EOFException("connection ended without a Close frame");
        }
        if (n > 0) {
            limit.workAt(deadlines.arrived());
            if (state.isLingering()) {
                messages.dropArrived();
            }
        }
        return n > 0;
    }

    /** Goes on behind a control frame whose handler has thrown; what is thrown while nothing is taken is final. */
    private void parse(WriteBatch turn) throws IOException {
        boolean again;
        do {
            int before = messages.remaining();
            again = false;
            try {
                showArrived(turn);
            } catch (CloseSentException | PendingWritesException e) { // of a handler: reading does not write
                state.listenerFailed(e);
                again = true;
            } catch (IOException | VirtualMachineError e) {
                throw e;
            } catch (Throwable t) {
                if (messages.remaining() == before) {
                    throw new IOException("connection " + name + " cannot be read any further after an error", t);
                }
                state.listenerFailed(t);
                again = true;
            }
        } while (again);
    }

    private void showArrived(WriteBatch turn) throws IOException {
        while (state.isOpen() && output.broken() == null) {
            if (sink.isBacklogged()) {
                stalled = true;
                return;
            }
            if (limit.isReached()) {
                return;
            }
            Next next = messages.next();
            if (next == Next.END) {
                state.endReading(null);
            }
            ByteBuffer payload = next == Next.FRAME ? messages.payload(turn) : null;
            if (payload == null) {
                return;
            }
            if (!calls.message(turn, messages.type(), payload)) {
                state.dropRest();
            }
            messages.shown();
            limit.shown();
        }
        if (state.isDropping() && messages.dropToClose()) {
            state.endReading(null);
        }
    }

    /** Nothing more is read in this turn: what has begun is kept without the buffer that it came in. */
    private void keepBeginning(WriteBatch turn) throws IOException {
        if (stalled || interrupted) {
            return;
        }
        if (state.isOpen() && messages.collectBeginning()) {
            parse(turn);
            turn.flush();
        }
        if (state.isReading() && !stalled && output.broken() == null) {
            messages.keepBeginning();
        }
    }
}
