package io.twintrace.websocket.jetty;

import io.twintrace.websocket.internal.io.Gate;
import io.twintrace.websocket.internal.io.PushTransport;
import io.twintrace.websocket.internal.io.StackProbe;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;

/** The transport over Jetty's {@link EndPoint}, plain or TLS. */
final class EndPointTransport implements PushTransport {
    private final EndPoint endPoint;
    private final ReadAhead input;
    private final Gate writable = new Gate("for the peer to read");
    private final Callback written = new BlockingWriteCallback();

    private volatile Throwable writeFailure;

    // Null before tell is called.
    private Events events;
    private Executor elsewhere;
    private Callback inputCallback;

    /** The thread inside {@link #startWrite}; null if there is none. */
    private volatile Thread starting;

    /** Whether the started write has already completed. */
    private boolean doneAtOnce;

    EndPointTransport(EndPoint endPoint, ByteBufferPool pool, WakeUps wakeUps) {
        this.endPoint = endPoint;
        this.input = new ReadAhead(endPoint, pool, wakeUps);
    }

    /** Sets the bytes to read first. Call this before the first read. */
    void startWith(ByteBuffer bytes) {
        input.startWith(bytes);
    }

    void closedByJetty() {
        input.close();
        writable.close();
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return input.read(into);
    }

    @Override
    public boolean mayHaveInput() {
        return input.mayHaveInput();
    }

    @Override
    public ByteBuffer lend() {
        return input.lend();
    }

    @Override
    public void takeBack() {
        input.takeBack();
    }

    @Override
    public void awaitReadable() throws IOException {
        try {
            input.more().await();
        } catch (SocketTimeoutException e) {
            if (!input.hasArrived()) { // the waking thread may have been busy with others
                throw e;
            }
        }
    }

    @Override
    public void write(ByteBuffer[] buffers) throws IOException {
        StackProbe.probeForChannel();
        if (endPoint.flush(buffers)) {
            return;
        }
        endPoint.write(written, buffers);
        writable.await();
        if (writeFailure != null) {
            throw new IOException("writing to the peer failed", writeFailure);
        }
    }

    @Override
    public void tell(Events newEvents, Executor newElsewhere) {
        events = newEvents;
        elsewhere = newElsewhere;
        inputCallback = new InputCallback(newEvents.mayBlock() ? InvocationType.BLOCKING : InvocationType.NON_BLOCKING);
    }

    @Override
    public void awaitInput() {
        if (input.hasFirst()) {
            elsewhere.execute(events::readable);
        } else {
            endPoint.fillInterested(inputCallback);
        }
    }

    @Override
    public boolean tryWrite(ByteBuffer[] buffers) throws IOException {
        if (events == null) { // seen to overflow in a handler's virtual thread, never in a listener call
            StackProbe.probeForChannel();
        }
        return endPoint.flush(buffers);
    }

    @Override
    public boolean startWrite(ByteBuffer buffer) {
        doneAtOnce = false;
        starting = Thread.currentThread();
        try {
            endPoint.write(new StartedWriteCallback(), buffer);
        } finally {
            starting = null;
        }
        return doneAtOnce;
    }

    @Override
    public void readDeadline(long deadline) {
        input.deadline(deadline);
    }

    @Override
    public void writeDeadline(long deadline) {
        writable.deadline(deadline);
    }

    @Override
    public boolean shutdownOutput() {
        endPoint.shutdownOutput();
        return true;
    }

    @Override
    public void close() {
        try {
            input.close();
            writable.close();
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

    /** Runs on the thread that completes the write. */
    private final class BlockingWriteCallback implements Callback {
        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }

        @Override
        public void succeeded() {
            writable.open();
        }

        @Override
        public void failed(Throwable cause) {
            writeFailure = cause;
            writable.open();
        }
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
            input.wakeOthers();
            events.readable();
        }

        @Override
        public void failed(Throwable cause) {
            elsewhere.execute(events::readable); // not here: any code may be closing the endpoint
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
                events.written(null);
            }
        }

        @Override
        public void failed(Throwable cause) {
            IOException why =
                    cause instanceof IOException io ? io : new IOException("writing to the peer failed", cause);
            elsewhere.execute(() -> events.written(why));
        }
    }
}
