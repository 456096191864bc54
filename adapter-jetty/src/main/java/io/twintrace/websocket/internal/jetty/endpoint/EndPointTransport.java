package io.twintrace.websocket.internal.jetty.endpoint;

import io.twintrace.websocket.internal.io.InputBuffers;
import io.twintrace.websocket.internal.io.PushTransport;
import io.twintrace.websocket.internal.io.StackProbe;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;

/** The transport over Jetty's {@link EndPoint}, plain or TLS. */
final class EndPointTransport implements PushTransport {
    private final EndPoint endPoint;

    /** Null if the end point changes what is written, as TLS does. */
    private final SocketChannel channel;

    private final EndPointInput input;
    private final WakeUps wakeUps;

    /** Null if a listener reads, which never waits. */
    private volatile ReadAhead ahead;

    // Set by onWritten or onEvents.
    private Completion completion;
    private Executor elsewhere;

    // Null if a handler reads.
    private InputReport report;

    // What finds input: one of the two, and none if a handler reads.
    private SelectedEndPoint selected;
    private Callback inputCallback;

    /** The thread inside {@link #startWrite}; null if there is none. */
    private volatile Thread starting;

    /** Whether the started write has already completed. */
    private boolean doneAtOnce;

    EndPointTransport(EndPoint endPoint, WakeUps wakeUps) {
        this.endPoint = endPoint;
        this.channel = endPoint.getClass() == SocketChannelEndPoint.class
                ? ((SocketChannelEndPoint) endPoint).getChannel()
                : null;
        this.input = new EndPointInput(endPoint, channel);
        this.wakeUps = wakeUps;
    }

    /** Sets the bytes to read first. Call this before the first read. */
    void startWith(ByteBuffer bytes) {
        input.startWith(bytes);
    }

    /** Ends all reading and waiting. */
    void endInput() {
        input.close();
        ReadAhead waiting = ahead;
        if (waiting != null) {
            waiting.close();
        }
        InputReport ended = report;
        if (ended != null) { // else nobody waits, or looks whether this is closed
            ended.elsewhere();
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return ahead == null ? input.read(into) : ahead.read(into);
    }

    @Override
    public boolean mayHaveInput() {
        return ahead == null || ahead.mayHaveInput();
    }

    @Override
    public boolean mayBringMuch() {
        return channel != null;
    }

    @Override
    public ByteBuffer lend() {
        return ahead == null ? null : ahead.lend();
    }

    @Override
    public void takeBack() {
        ahead.takeBack();
    }

    @Override
    public void awaitReadable() throws IOException {
        try {
            ahead.more().await();
        } catch (SocketTimeoutException e) {
            if (!ahead.hasArrived()) { // the waking thread may have been busy with others
                throw e;
            }
        }
    }

    @Override
    public void onWritten(Completion newCompletion, Executor newElsewhere) {
        completion = newCompletion;
        elsewhere = newElsewhere;
    }

    @Override
    public void readsAheadInto(InputBuffers buffers) {
        ahead = new ReadAhead(endPoint, input, buffers, wakeUps);
        if (input.isClosed()) { // by another thread, which has not seen it
            ahead.close();
        }
    }

    @Override
    public void onEvents(Events newEvents, Executor newElsewhere) {
        completion = newEvents;
        elsewhere = newElsewhere;
        report = new InputReport(newEvents, newElsewhere, wakeUps, input);
        SelectionKey key = channel == null || newEvents.mayBlock() ? null : wakeUps.keyOf(channel);
        if (key == null) {
            inputCallback =
                    new InputCallback(newEvents.mayBlock() ? InvocationType.BLOCKING : InvocationType.NON_BLOCKING);
        } else {
            selected = SelectedEndPoint.replace((SocketChannelEndPoint) endPoint, key, report);
        }
    }

    @Override
    public void awaitInput() {
        report.await(); // first: what ends the input looks at this after it has
        if (!input.hasFirst() && !input.isClosed()) {
            if (selected != null) {
                selected.beInterested();
            } else {
                endPoint.fillInterested(inputCallback);
            }
            if (!input.isClosed()) {
                return;
            }
        }
        report.elsewhere();
    }

    @Override
    public boolean tryWrite(ByteBuffer[] buffers) throws IOException {
        probeStack();
        if (channel != null && buffers.length == 1) {
            channel.write(buffers[0]); // the end point would gather, which costs more
            return !buffers[0].hasRemaining();
        }
        return endPoint.flush(buffers);
    }

    @Override
    public boolean startWrite(ByteBuffer buffer) {
        probeStack();
        doneAtOnce = false;
        starting = Thread.currentThread();
        try {
            endPoint.write(new StartedWriteCallback(), buffer);
        } finally {
            starting = null;
        }
        return doneAtOnce;
    }

    /** Seen to overflow in a handler's virtual thread, never in a listener's call. */
    private void probeStack() {
        if (report == null) {
            StackProbe.probeForChannel();
        }
    }

    /** Only for a handler, which waits here. */
    @Override
    public void readDeadline(long deadline) {
        ahead.deadline(deadline);
    }

    @Override
    public boolean shutdownOutput() {
        endPoint.shutdownOutput();
        return true;
    }

    @Override
    public void close() {
        try {
            endInput();
        } finally {
            endPoint.close();
        }
    }

    @Override
    public InetSocketAddress localAddress() {
        return inet(endPoint.getLocalSocketAddress());
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return inet(endPoint.getRemoteSocketAddress());
    }

    private static InetSocketAddress inet(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet : null; // a Unix socket has no address of this type
    }

    /**
     * Reports input. If {@link Events} do not block, the selector thread calls this. Otherwise a thread of Jetty's pool
     * calls it, after Jetty has made sure that another thread selects.
     */
    private final class InputCallback implements Callback {
        private final InvocationType invocationType;

        InputCallback(InvocationType invocationType) {
            this.invocationType = invocationType;
        }

        @Override
        public InvocationType getInvocationType() {
            return invocationType;
        }

        @Override
        public void succeeded() {
            boolean unused = report.here();
        }

        @Override
        public void failed(Throwable cause) {
            report.elsewhere();
        }
    }

    /** Runs on the thread that completes the write. */
    private final class StartedWriteCallback implements Callback {
        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }

        @Override
        public void succeeded() {
            if (starting == Thread.currentThread()) {
                doneAtOnce = true;
            } else {
                completion.written(null);
            }
        }

        @Override
        public void failed(Throwable cause) {
            IOException why =
                    cause instanceof IOException io ? io : new IOException("writing to the peer failed", cause);
            elsewhere.execute(() -> completion.written(why));
        }
    }
}
