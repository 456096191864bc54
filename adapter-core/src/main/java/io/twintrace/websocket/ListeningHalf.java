package io.twintrace.websocket;

import io.twintrace.websocket.FrameInput.Next;
import io.twintrace.websocket.deflate.DeflateParameters;
import io.twintrace.websocket.frame.CloseCode;
import io.twintrace.websocket.frame.CloseStatus;
import io.twintrace.websocket.transport.Deadlines;
import io.twintrace.websocket.transport.PushTransport;
import io.twintrace.websocket.transport.Watch;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The reading half of a connection that calls a listener. Whatever happens to the connection is a signal; signals lead
 * to {@linkplain Turn turns}, one at a time, in which everything is done that there is to do. Fields that do not say
 * otherwise belong to the thread in the turn.
 */
final class ListeningHalf implements Reading, PushTransport.Events {
    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket");

    /** So many times a turn may read before other connections get the thread. */
    private static final int MOST_FILLS = 16;

    private static final int MANY_PEERS = 8;

    private enum Phase {
        NEW,
        OPEN,
        /** The listener has failed, or written behind its own Close: what comes before the peer's Close is dropped. */
        DROPPING,
        /** The listener has had its last call; the peer gets a moment to read what was written last. */
        LINGERING,
        OVER
    }

    private final String name;
    private final ListenerCalls calls;
    private final ListenerThreads threads;
    private final PushTransport transport;
    private final FrameOutput output;
    private final PushSink sink;
    private final Closing closing;

    private final MessageInput input;
    private final ArrivingMessages messages;
    private final ReadingDeadlines deadlines;
    private final Watch watch;

    private final Signals signals;

    private final CountDownLatch over = new CountDownLatch(1);

    /** Whether the transport will tell of input; written within turns and by the transport's one call in between. */
    private volatile boolean inputAwaited;

    private volatile Phase phase = Phase.NEW;

    /** The thread in the turn; other threads may see another one, but never themselves. */
    private Thread inTurn;

    /** Set when it begins. */
    private Runnable whenOver;

    /** Whether this turn is the one to read; then it sees to it that somebody is told of more. */
    private boolean isToRead;

    /** Whether something has arrived that was not looked at, since the peer has to read first. */
    private boolean stalled;

    ListeningHalf(
            String name,
            PushTransport transport,
            Optional<DeflateParameters> deflate,
            WebSocketOptions options,
            FrameOutput output,
            PushSink sink,
            Closing closing,
            Traffic traffic,
            WebSocketListener listener,
            ListenerThreads threads) {
        this.name = name;
        this.transport = transport;
        this.output = output;
        this.sink = sink;
        this.closing = closing;
        this.calls = new ListenerCalls(listener, threads, output, closing);
        this.threads = threads;
        ArrivedBytes arrived = new ArrivedBytes(options.readPool());
        this.input = new MessageInput(arrived, output, closing, traffic, deflate, options);
        this.messages = new ArrivingMessages(transport, arrived, input, options.messagePool());
        this.deadlines = new ReadingDeadlines(closing, sink, output, Deadlines.nanos(options.idleTimeout()));
        this.signals = new Signals(this::takeTurn, this::elsewhere, transport::close);
        this.watch = new Watch(deadlines::next, this::signalElsewhere);
    }

    // ---- Signals: any thread --------------------------------------------------------------------------------------

    /**
     * The first of all; on a thread that may be blocked if the listener may.
     *
     * @param shown what the listener is told it is called for
     * @param prepare what is to be done to it before
     * @param atTheEnd run once, after the listener's last call
     */
    void open(WebSocketConnection shown, Consumer<WebSocketConnection> prepare, Runnable atTheEnd) {
        calls.belongTo(shown);
        whenOver = atTheEnd;
        transport.tell(this, this::elsewhere);
        prepare.accept(shown);
        signals.give();
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

    /** On a thread of its own, for whoever holds a lock or has no time. */
    void signalElsewhere() {
        if (phase != Phase.OVER) {
            elsewhere(signals::give);
        }
    }

    /** For whoever holds a lock, and may be in a turn: that one looks again, or another thread does. */
    void signalLater() {
        signals.giveLater();
    }

    private void elsewhere(Runnable task) {
        threads.starter().accept("websocket-" + name, task);
    }

    // ---- Turns: one thread at a time ------------------------------------------------------------------------------

    private void takeTurn() {
        if (phase == Phase.OVER) {
            return;
        }
        try {
            turn();
        } catch (Throwable t) { // more than the listener's exceptions, which are caught
            turnFailed(t);
        }
    }

    /** Nothing is certain any more: the listener is told, what is held is given back, and the caller need do nothing. */
    private void turnFailed(Throwable t) {
        try {
            IOException why = new IOException("connection " + name + " is lost after an error", t);
            if (isReading()) {
                endReading(why);
            } else {
                calls.report(why);
            }
        } catch (Throwable another) {
            String lost = "connection " + name + " is lost after an error, of which nobody could be told";
            LOGGER.log(Level.ERROR, lost, another);
        } finally {
            finish();
        }
    }

    private void turn() {
        Turn turn = Turn.begin();
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
        if (phase == Phase.LINGERING && !deadlines.isLingering() && closing.hasWritingEnded()) {
            beginLinger();
        }
        if (phase != Phase.OVER) {
            awaitInput();
            watch.look();
        }
    }

    /** After input the transport tells of more; what is stalled goes on at the signal that the backlog has gone. */
    private void awaitInput() {
        if (inputAwaited || !isToRead) {
            return; // it came during the turn, and another one will read it
        }
        if (!stalled) {
            inputAwaited = true;
            transport.awaitInput();
        } else if (!sink.isBacklogged()) {
            signals.giveAgain(); // the peer was quicker; the end of a backlog is a signal otherwise
        }
    }

    private void advance(Turn turn) {
        if (phase == Phase.NEW) {
            phase = Phase.OPEN;
            deadlines.arrived();
            if (!calls.open()) {
                dropRest();
            }
        }
        try {
            if (output.broken() != null && isReading()) {
                throw new IOException("connection " + name + " was cut off", output.broken());
            }
            isToRead = !inputAwaited || stalled;
            deadlines.check();
            if (isToRead || deadlines.isIdle()) {
                readOn(turn);
                deadlines.checkIdle();
            }
        } catch (IOException e) {
            readingFailed(e);
        } catch (VirtualMachineError e) {
            if (phase == Phase.LINGERING) {
                finish();
                return;
            }
            // A step may have been left half done; whatever came next could be taken for something else.
            output.requestClose(new CloseStatus(CloseCode.INTERNAL_ERROR, "").payload());
            endReading(new IOException("connection " + name + " cannot be read any further after an error", e));
        } catch (Throwable t) {
            listenerFailed(t); // a handler of control frames is the application's too
        } finally {
            messages.releaseIfEmpty();
        }
    }

    private boolean isReading() {
        return phase == Phase.OPEN || phase == Phase.DROPPING;
    }

    private void readOn(Turn turn) throws IOException {
        stalled = false;
        for (int fills = 0; ; fills++) {
            if (isReading()) {
                parse(turn);
            }
            // Where many peers are written to, another look at the input costs little, and may save a write to each.
            boolean broadcasts = turn.pending() > MANY_PEERS;
            if (!broadcasts) {
                turn.flush(); // what one fill has brought is answered in one go
            }
            boolean enough = (fills > 0 && messages.isDrained() && !broadcasts) || fills == MOST_FILLS;
            stalled |= sink.isBacklogged();
            if (phase == Phase.OVER || stalled || enough || !fill()) {
                keepBeginning(turn);
                deadlines.frameMayBeIncomplete(
                        messages.isInsideFrame(), input.frames().framesBegun());
                return;
            }
        }
    }

    /** False when there is nothing to read now. */
    private boolean fill() throws IOException {
        int n = messages.fill();
        if (n < 0 && phase == Phase.LINGERING) {
            finish();
        } else if (n < 0) {
            throw new EOFException("connection ended without a Close frame");
        }
        if (n > 0) {
            deadlines.arrived();
            if (phase == Phase.LINGERING) {
                messages.dropArrived();
            }
        }
        return n > 0;
    }

    /** Goes on behind a control frame whose handler has thrown; what is thrown while nothing is taken is final. */
    private void parse(Turn turn) throws IOException {
        boolean again;
        do {
            int before = messages.remaining();
            again = false;
            try {
                showArrived(turn);
            } catch (CloseSentException | BacklogFullException e) { // of a handler: reading does not write
                listenerFailed(e);
                again = true;
            } catch (IOException | VirtualMachineError e) {
                throw e;
            } catch (Throwable t) {
                if (messages.remaining() == before) {
                    throw new IOException("connection " + name + " cannot be read any further after an error", t);
                }
                listenerFailed(t);
                again = true;
            }
        } while (again);
    }

    /** Shows the listener what has arrived, as far as the peer takes what is answered. */
    private void showArrived(Turn turn) throws IOException {
        while (phase == Phase.OPEN && output.broken() == null) {
            if (sink.isBacklogged()) {
                stalled = true;
                return;
            }
            Next next = messages.next();
            if (next == Next.END) {
                endReading(null);
            }
            ByteBuffer payload = next == Next.FRAME ? messages.payload(turn) : null;
            if (payload == null) {
                return;
            }
            if (!calls.message(turn.view(), messages.type(), payload)) {
                dropRest();
            }
            messages.shown();
        }
        if (phase == Phase.DROPPING && messages.dropToClose()) {
            endReading(null);
        }
    }

    /** Nothing more is read in this turn: what has begun is kept without the buffer that it came in. */
    private void keepBeginning(Turn turn) throws IOException {
        if (phase == Phase.OPEN && !stalled && messages.collectBeginning()) {
            parse(turn);
            turn.flush();
        }
        if (isReading() && !stalled && output.broken() == null) {
            messages.keepBeginning();
        }
    }

    /** The listener, or a handler of control frames, has thrown. */
    private void listenerFailed(Throwable t) {
        dropRest();
        calls.failed(t);
    }

    private void dropRest() {
        phase = isReading() ? Phase.DROPPING : phase;
    }

    // ---- Ends -----------------------------------------------------------------------------------------------------

    private void readingFailed(IOException e) {
        if (phase == Phase.LINGERING) {
            finish();
            return;
        }
        CloseStatus close = ReadingFailures.closeFor(e);
        if (close != null) {
            output.requestClose(close.payload());
        } else if (e instanceof SocketTimeoutException && closing.requested() == null) {
            output.requestClose(new CloseStatus(CloseCode.INTERNAL_ERROR, "").payload());
        } else if (!(e instanceof CloseException)) {
            endReading(e instanceof EOFException ? CloseException.abnormal(output.broken()) : e);
            finish();
            return;
        }
        endReading(e);
    }

    /** Nothing more is read, for that reason; null where the peer has closed in the ordinary way. */
    private void endReading(IOException why) {
        phase = Phase.LINGERING;
        if (closing.isDone() && messages.isUsedUp()) {
            closing.receivedLast();
        }
        closing.readingEnded();
        messages.end();
        if (mayBlock() && closing.isDone()) {
            endOutput(); // what the listener does last may take its time, which the peer need not wait for
        }
        if (why != null) {
            calls.error(why);
        }
        CloseStatus received = closing.received();
        calls.close(received != null ? received : new CloseStatus(CloseCode.ABNORMAL, ""));
    }

    private void endOutput() {
        if (!transport.shutdownOutput() && closing.isReceivedLast()) {
            transport.close();
        }
    }

    private void beginLinger() {
        if (closing.isReceivedLast()) {
            finish();
            return;
        }
        boolean told = output.broken() == null && transport.shutdownOutput();
        deadlines.linger(Deadlines.afterNanos(told ? TransportCloser.LINGER_NANOS : TransportCloser.QUIET_NANOS));
    }

    private void finish() {
        if (phase != Phase.OVER) {
            phase = Phase.OVER;
            watch.end();
            messages.end();
            try {
                whenOver.run();
            } finally {
                over.countDown();
            }
        }
    }

    // ---- What the connection asks for: any thread -----------------------------------------------------------------

    @Override
    public Message readMessage() {
        throw notToBeRead();
    }

    @Override
    public MessageReader nextReader() {
        throw notToBeRead();
    }

    private IllegalStateException notToBeRead() {
        return new IllegalStateException("connection " + name + " shows its messages to a "
                + WebSocketListener.class.getSimpleName() + ", so no thread can read them");
    }

    @Override
    public void readDeadline(long deadline) {
        deadlines.read(deadline);
        deadlineHasMoved();
    }

    @Override
    public void readLimit(long bytes) {
        input.readLimit(bytes);
    }

    @Override
    public FrameInput frames() {
        return input.frames();
    }

    /** Waits until everything is over; within a turn it does not. */
    @Override
    public boolean awaitClose() throws InterruptedException {
        return Turn.current() != null
                || over.await(
                        Deadlines.remaining(closing.deadline()) + TransportCloser.LINGER_NANOS, TimeUnit.NANOSECONDS);
    }

    @Override
    public boolean endsByItself() {
        return true;
    }

    @Override
    public void release() {
        if (phase != Phase.OVER) {
            signalElsewhere(); // cut off by another thread: the listener is still to be told
        }
    }
}
