package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.io.DeadlineTimer;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.PushTransport;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * The reading half of a connection that calls a listener. Each event of the connection is a signal; signals lead to
 * {@linkplain WriteBatch turns}, one at a time, which do all the work. Fields that do not say otherwise belong to the thread
 * in the turn.
 */
final class ListenerLoop implements Reading, PushTransport.Events {
    private final String name;
    private final ListenerCalls calls;
    private final ListenerThreads threads;
    private final PushTransport transport;
    private final FrameWriter output;
    private final PushSink sink;

    private final MessageInput messageInput;
    private final ArrivingMessages messages;
    private final ReadingDeadlines deadlines;
    private final ListenerState state;
    private final ListenerInput input;
    private final DeadlineTimer watch;

    private final SerialTask signals;

    /** Whether the transport will tell of input; written within turns and by the transport's one call in between. */
    private volatile boolean inputAwaited;

    /** The thread in the turn; other threads may see another one, but never themselves. */
    private Thread inTurn;

    /** Whether this turn is the one to read; then it sees to it that somebody is told of more. */
    private boolean isToRead;

    ListenerLoop(
            String name,
            PushTransport transport,
            Optional<DeflateParameters> deflate,
            Shared shared,
            FrameWriter output,
            PushSink sink,
            CloseHandshake closing,
            ByteCounter traffic,
            WebSocketListener listener,
            ListenerThreads threads) {
        this.name = name;
        this.transport = transport;
        this.output = output;
        this.sink = sink;
        this.calls = new ListenerCalls(listener, threads, output, closing, shared.callSampler());
        this.threads = threads;
        ArrivedBytes arrived = new ArrivedBytes(shared.pools().read());
        this.messageInput = new MessageInput(arrived, output, closing, traffic, deflate, shared);
        this.messages = new ArrivingMessages(
                transport, arrived, messageInput, shared.pools().message());
        this.deadlines = new ReadingDeadlines(
                closing, sink, output, Deadlines.nanos(shared.options().idleTimeout()));
        this.signals = new SerialTask(this::takeTurn, this::onThread, transport::close);
        this.watch = new DeadlineTimer(deadlines::next, this::signalElsewhere);
        this.state = new ListenerState(name, calls, transport, output, closing, messages, deadlines, watch);
        WorkLimit limit = new WorkLimit(!calls.mayBlock());
        messageInput.limitInflating(limit);
        this.input =
                new ListenerInput(name, state, calls, messages, messageInput.frames(), deadlines, output, sink, limit);
    }

    // ---- SerialTask: any thread
    // --------------------------------------------------------------------------------------

    /**
     * The first of all; on a thread that may be blocked if the listener may.
     *
     * @param shown what the listener is told it is called for
     * @param prepare what is to be done to it before
     * @param atTheEnd run once, after the listener's last call
     */
    void open(WebSocketConnection shown, Consumer<WebSocketConnection> prepare, Runnable atTheEnd) {
        calls.belongTo(shown);
        state.whenOver(atTheEnd);
        boolean begun = false;
        try {
            transport.tell(this, this::elsewhere);
            prepare.accept(shown);
            signals.give();
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
        signals.give();
    }

    @Override
    public void written(IOException failure) {
        output.writtenByTransport(failure);
        if (!sink.isBacklogged()) {
            if (mayBlock()) {
                signalElsewhere();
            } else {
                signals.give();
            }
        }
    }

    /** A deadline may have come nearer. The end of a turn looks at all of them by itself. */
    void deadlineHasMoved() {
        if (inTurn != Thread.currentThread()) {
            watch.look();
        }
    }

    /** On a thread of its own, as soon as there is one. For callers that hold a lock or have no time. */
    void signalElsewhere() {
        if (!state.isOver()) {
            elsewhere(signals::give);
        }
    }

    /** For callers that hold a lock, and may be in a turn: that turn looks again, or another thread does. */
    void signalLater() {
        signals.giveLater();
    }

    /** Where no thread can be had, the timer asks again: closing a connection must not fail at this. */
    private void elsewhere(Runnable task) {
        try {
            onThread(task);
        } catch (OutOfMemoryError e) {
            DeadlineTimer.again(() -> elsewhere(task));
        } catch (RejectedExecutionException e) {
            // The servlet is destroyed, and has given up waiting for this connection.
        }
    }

    private void onThread(Runnable task) {
        threads.starter().accept("websocket-" + name, task);
    }

    // ---- Turns: one thread at a time ------------------------------------------------------------------------------

    private void takeTurn() {
        if (state.isOver()) {
            return;
        }
        try {
            turn();
        } catch (Throwable t) { // more than the listener's exceptions, which are caught
            state.turnFailed(t);
        }
    }

    private void turn() {
        WriteBatch turn = WriteBatch.begin(calls);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(threads.contextClassLoader());
        inTurn = thread;
        try {
            advance(turn);
        } finally {
            inTurn = null;
            thread.setContextClassLoader(before);
            turn.end();
        }
        state.lingerIfSaid();
        if (!state.isOver()) {
            awaitInput();
            watch.look();
        }
    }

    /** After input the transport tells of more; what is stalled goes on at the signal that the backlog has gone. */
    private void awaitInput() {
        if (input.isStalled()) {
            if (!sink.isBacklogged()) {
                signals.giveAgain(); // the peer was quicker; the end of a backlog is a signal otherwise
            }
        } else if (input.isInterrupted()) {
            signals.passOn();
        } else if (isToRead && !inputAwaited) { // else input came during the turn, and another one will read it
            inputAwaited = true;
            transport.awaitInput();
        }
    }

    private void advance(WriteBatch turn) {
        state.openIfNew();
        try {
            if (output.broken() != null && state.isReading()) {
                throw new IOException("connection " + name + " was cut off", output.broken());
            }
            isToRead = !inputAwaited || input.isStalled() || input.isInterrupted();
            deadlines.check();
            if (isToRead || deadlines.isIdle()) {
                boolean silent = input.readOn(turn);
                // The listener may have taken its time, in which the peer may have sent more.
                if (deadlines.isIdle() && (silent || input.readOn(turn))) {
                    deadlines.checkIdle();
                }
            }
        } catch (IOException e) {
            state.readingFailed(e);
        } catch (VirtualMachineError e) {
            state.readingBroken(e);
        } catch (Throwable t) {
            state.listenerFailed(t); // a handler of control frames is the application's too
        } finally {
            messages.releaseIfEmpty();
        }
    }

    // ---- What the connection asks for: any thread -----------------------------------------------------------------

    @Override
    public void readDeadline(long deadline) {
        deadlines.read(deadline);
        deadlineHasMoved();
    }

    @Override
    public void readLimit(long bytes) {
        messageInput.readLimit(bytes);
    }

    @Override
    public FrameReader frames() {
        return messageInput.frames();
    }

    /** Waits until everything is over; within a turn it does not. */
    @Override
    public boolean awaitClose() throws InterruptedException {
        return WriteBatch.current() != null || state.awaitOver();
    }

    @Override
    public boolean endsByItself() {
        return true;
    }

    @Override
    public void release() {
        if (!state.isOver()) {
            signalElsewhere(); // cut off by another thread: the listener is still to be told
        }
    }
}
