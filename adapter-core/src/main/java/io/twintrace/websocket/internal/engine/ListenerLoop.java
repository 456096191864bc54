package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.io.ByteCounter;
import io.twintrace.websocket.internal.io.DeadlineTimer;
import io.twintrace.websocket.internal.io.PushTransport;
import io.twintrace.websocket.internal.write.CloseHandshake;
import io.twintrace.websocket.internal.write.ControlFrameWriter;
import io.twintrace.websocket.internal.write.FrameWriter;
import io.twintrace.websocket.internal.write.PendingStatus;
import io.twintrace.websocket.internal.write.WriteBatch;
import io.twintrace.websocket.internal.write.WriteEvents;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * The reading half of a connection that calls a listener. Each event of the connection gives a signal. Signals lead to
 * {@linkplain ListenerTurn turns}, one at a time, which do all the work. Fields belong to the thread in the turn,
 * except where they say otherwise.
 */
final class ListenerLoop extends SerialTask implements Reading, PushTransport.Events, WriteEvents, Executor {
    private final ConnectionId id;
    private final ListenerCalls calls;
    private final ListenerThreads threads;
    private final PushTransport transport;
    private final FrameWriter frames;
    private final PendingStatus pending;

    private final ControlFrameHandlers control;
    private final ConnectionDeadlines deadlines;
    private final ListenerState state;
    private final ListenerInput input;
    private final DeadlineTimer timer;

    /** Whether the transport will report input. Written in turns, and by the transport's one call between them. */
    private volatile boolean inputAwaited;

    /** Whether this turn reads. If so, it makes sure that the transport reports more input. */
    private boolean isToRead;

    /** Whether a deadline may have passed, so that the next turn has to check them. */
    private volatile boolean mayBeDue;

    /** Whether a deadline may have come nearer in this turn. At first, no deadline is known to the timer. */
    private boolean hasMoved = true;

    /** A subclass, because two lambdas would be two more objects for each connection. */
    private final class Timer extends DeadlineTimer {
        @Override
        protected long deadline() {
            return deadlines.next();
        }

        @Override
        protected void passed() {
            deadlineHasPassed();
        }
    }

    ListenerLoop(
            ConnectionId id,
            PushTransport transport,
            Optional<DeflateParameters> deflate,
            Shared shared,
            FrameWriter frames,
            ControlFrameWriter controlFrames,
            CloseHandshake closing,
            ByteCounter counter,
            WebSocketListener listener,
            ListenerThreads threads) {
        this.id = id;
        this.transport = transport;
        this.frames = frames;
        this.pending = frames.pending();
        this.calls =
                new ListenerCalls(listener, threads, controlFrames, closing, shared.options(), shared.callSampler());
        this.threads = threads;
        this.deadlines = new ConnectionDeadlines(closing, pending, frames, shared.timeouts(), this);
        this.control = new ControlFrameHandlers(controlFrames, closing, deadlines.keepAlive());
        this.timer = new Timer();
        this.state = new ListenerState(id, calls, transport, frames, controlFrames, closing, deadlines, timer);
        this.input = new ListenerInput(
                id, state, calls, transport, deflate, shared, control, deadlines, frames, pending, counter);
        state.attach(input);
    }

    // ---- Signals: any thread --------------------------------------------------------------------------------------

    /**
     * Gives the first signal. If the listener may block, the calling thread may be blocked.
     *
     * @param shown the connection that the listener is given
     * @param prepare prepares the connection before the first call
     * @param atTheEnd runs once, after the listener's last call
     */
    void open(WebSocketConnection shown, Consumer<WebSocketConnection> prepare, Runnable atTheEnd) {
        calls.attach(shown);
        state.onClosed(atTheEnd);
        boolean begun = false;
        try {
            transport.onEvents(this, this);
            prepare.accept(shown);
            begin();
            begun = true;
        } finally {
            if (!begun) {
                state.neverBegun();
            }
        }
    }

    @Override
    public boolean mayBlock() {
        return calls.mayBlock();
    }

    @Override
    public void readable() {
        inputAwaited = false;
        give();
    }

    @Override
    public void written(IOException failure) {
        frames.writtenByTransport(failure);
    }

    @Override
    public void nothingIsPending(boolean inWrite) {
        try {
            if (inWrite || mayBlock()) {
                signalElsewhere();
            } else {
                give();
            }
        } finally {
            timer.look(); // the peer's silence counts from now on
        }
    }

    /** Tells the timer. The end of a turn does so too, which is soon enough if no call takes long. */
    @Override
    public void deadlineHasMoved() {
        if (mayBlock() || !input.isInTurn()) {
            timer.look();
        } else {
            hasMoved = true;
        }
    }

    /** Signals on a thread of its own, as soon as there is one. For callers that hold a lock or have no time. */
    private void signalElsewhere() {
        if (!state.isOver()) {
            execute(this::give);
        }
    }

    /** Has a turn look at the deadlines. If a call of the listener lasts, ends at least what waits for the peer. */
    private void deadlineHasPassed() {
        if (!state.isOver()) {
            mayBeDue = true;
            execute(() -> {
                give();
                frames.timeOutIfLate();
            });
        }
    }

    /** Gives a signal that the current turn or another thread answers, because the caller may be in a turn. */
    @Override
    public void closingHasEnded() {
        giveLater();
    }

    @Override
    public void outputHasBroken() {
        signalElsewhere();
    }

    /**
     * Runs a task on another thread. If none is available, the timer tries again, because closing a connection must not
     * fail for this reason.
     */
    @Override
    public void execute(Runnable task) {
        try {
            onThread(task);
        } catch (OutOfMemoryError e) {
            DeadlineTimer.again(() -> execute(task));
        } catch (RejectedExecutionException e) {
            // The servlet is destroyed, and no longer waits for this connection.
        }
    }

    @Override
    void onThread(Runnable task) {
        threads.starter().accept("websocket-" + id, task);
    }

    @Override
    void withoutThread() {
        transport.close();
    }

    // ---- Turns: one thread at a time ------------------------------------------------------------------------------

    @Override
    void run() {
        if (state.isOver()) {
            return;
        }
        try {
            takeTurn();
        } catch (Throwable t) { // the turn could not begin or end
            state.turnFailed(t);
        }
    }

    private void takeTurn() {
        ListenerTurn turn = ListenerTurn.begin(calls, CallSampler::add);
        Thread thread = turn.thread();
        ClassLoader before = thread.getContextClassLoader();
        boolean advanced = false;
        try {
            thread.setContextClassLoader(threads.contextClassLoader());
            input.beginTurn(turn);
            advance();
            turn.flush();
            state.lingerOnceWritten(); // in the turn, so that who is told of the end does not wait here for others
            advanced = true;
        } catch (Throwable t) { // not an exception of the listener, which is caught earlier
            state.turnFailed(t); // in the turn, because it makes the listener's last calls
        } finally {
            try {
                input.endTurn(advanced);
            } finally {
                thread.setContextClassLoader(before);
                turn.end();
            }
        }
        if (!state.isOver()) {
            awaitInput();
            if (hasMoved) {
                timer.look();
                hasMoved = false; // only now: without memory the next turn tries again
            }
        }
    }

    /**
     * Asks for the next signal. After input, the transport reports more. A stalled connection continues at the signal
     * that nothing is pending.
     */
    private void awaitInput() {
        if (input.isStalled()) {
            if (!pending.hasPending()) {
                giveAgain(); // the peer was quicker; otherwise a signal comes when nothing is pending
            }
        } else if (input.isInterrupted()) {
            passOn();
        } else if (isToRead && !inputAwaited) { // otherwise input came during the turn, and the next turn reads it
            inputAwaited = true;
            transport.awaitInput();
        }
    }

    private void advance() {
        state.openIfNew();
        try {
            IOException broken = frames.broken();
            if (broken != null && state.isReading()) {
                throw broken instanceof PongTimeoutException
                        ? broken
                        : new IOException("connection " + id + " was cut off", broken);
            }
            isToRead = !inputAwaited || input.isStalled() || input.isInterrupted();
            if (mayBeDue) {
                mayBeDue = false;
                hasMoved = true; // so that the timer learns of the next one
                checkDeadlines();
            } else if (isToRead) {
                boolean unused = input.readOn();
            }
        } catch (IOException e) {
            state.readingFailed(e);
        } catch (VirtualMachineError e) {
            state.readingBroken(e);
        } catch (Throwable t) {
            state.listenerFailed(t); // of a handler of control frames, which is application code too
        } finally {
            input.releaseIfEmpty();
        }
    }

    /** Reads before it judges whether the peer is silent, because something may have arrived that nobody has read yet. */
    private void checkDeadlines() throws IOException {
        deadlines.check();
        if (isToRead || deadlines.isIdle()) {
            boolean silent = input.readOn();
            // The peer may have sent more while the listener was working.
            if (deadlines.isIdle() && (silent || input.readOn())) {
                deadlines.checkIdle();
            }
        }
    }

    // ---- What the connection asks for: any thread -----------------------------------------------------------------

    @Override
    public void readDeadline(long deadline) {
        deadlines.read(deadline);
        deadlineHasMoved();
    }

    @Override
    public ConnectionDeadlines deadlines() {
        return deadlines;
    }

    @Override
    public void wake() {
        mayBeDue = true;
        signalElsewhere();
    }

    @Override
    public void readLimit(long bytes) {
        input.readLimit(bytes);
    }

    @Override
    public ControlFrameHandlers control() {
        return control;
    }

    /** Waits until the connection is over, except within a turn. */
    @Override
    public boolean awaitClose() throws InterruptedException {
        return !WriteBatch.mayWait() || state.awaitOver();
    }

    /** A listener's connection reads by itself, within the close timeout. */
    @Override
    public boolean dropToCloseNow() {
        return true;
    }

    @Override
    public boolean endsByItself() {
        return true;
    }

    @Override
    public void release() {
        if (!state.isOver()) {
            signalElsewhere(); // cut off by another thread, and the listener does not know yet
        }
    }
}
