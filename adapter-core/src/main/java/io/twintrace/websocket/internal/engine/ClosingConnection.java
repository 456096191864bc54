package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.io.Transport;
import io.twintrace.websocket.internal.write.CloseHandshake;
import io.twintrace.websocket.internal.write.ControlFrameWriter;
import io.twintrace.websocket.internal.write.FrameWriter;
import io.twintrace.websocket.internal.write.GuardedWriter;
import io.twintrace.websocket.internal.write.WriteBatch;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Optional;

/**
 * How a connection is closed and ends. This part of {@link EngineConnection} is a superclass and not an object, because
 * each connection has one. Any thread may call these methods.
 */
abstract class ClosingConnection implements StoppableConnection {
    private static final VarHandle FINISHED;

    static {
        try {
            FINISHED = MethodHandles.lookup().findVarHandle(ClosingConnection.class, "finished", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Optional<DeflateParameters> deflate;
    final Transport transport;
    final Shared shared;
    final OnDemand onDemand;
    final CloseHandshake closing;
    final FrameWriter frames;
    final ControlFrameWriter control;
    final GuardedWriter writing;
    final Reading reading;

    @SuppressWarnings("unused") // by FINISHED
    private volatile boolean finished;

    /** @param reading created by {@code parts} */
    ClosingConnection(Optional<DeflateParameters> deflate, ConnectionParts parts, Reading reading) {
        this.deflate = deflate;
        this.transport = parts.transport();
        this.shared = parts.shared();
        this.onDemand = parts.onDemand();
        this.closing = parts.closing();
        this.frames = parts.frames();
        this.control = parts.control();
        this.writing = parts.writing();
        this.reading = reading;
        deflate.ifPresent(agreed -> shared.pools().deflate().join());
    }

    @Override
    public final void close() {
        boolean unused = WriteBatch.catchUp();
        ConnectionOutbox offered = onDemand.outboxIfAny();
        if (offered != null && !WriteBatch.mayWait()) {
            offered.closeElsewhere(() -> beginClose(CloseCode.NORMAL, ""));
            return;
        }
        if (offered != null) {
            offered.close();
        }
        close(CloseCode.NORMAL, "");
    }

    @Override
    public final void close(int code, String reason) {
        byte[] payload = new CloseStatus(code, reason).payload(); // first: invalid input changes nothing
        boolean unused = WriteBatch.catchUp();
        boolean graceful = false;
        try {
            control.requestClose(payload);
            graceful = reading.awaitClose() && (reading.endsByItself() || closing.awaitWritingEnded());
        } catch (InterruptedException e) {
            graceful = reading.endsByItself(); // within the close timeout, although this thread no longer waits
            Thread.currentThread().interrupt();
        } finally {
            if (!graceful || !reading.endsByItself()) {
                finish(graceful);
            }
        }
    }

    @Override
    public final void beginClose(int code, String reason) {
        boolean unused = WriteBatch.catchUp();
        control.requestClose(new CloseStatus(code, reason).payload());
    }

    @Override
    public final void beginCloseAfterOutbox(int code, String reason) {
        ConnectionOutbox offered = onDemand.outboxIfAny();
        if (offered == null) {
            beginClose(code, reason);
        } else {
            offered.closeThen(() -> beginClose(code, reason));
        }
    }

    @Override
    public final void goOnClosing() {
        if (!reading.dropToCloseNow()) {
            abort();
        }
    }

    @Override
    public final int waitingInOutbox() {
        ConnectionOutbox offered = onDemand.outboxIfAny();
        return offered == null ? 0 : offered.waiting();
    }

    @Override
    public final void abort() {
        finish(false);
    }

    /**
     * Ends the connection. Takes each step even if another one throws, for example because no memory or no thread is
     * available.
     */
    final void finish(boolean graceful) {
        if (!FINISHED.compareAndSet(this, false, true)) {
            return;
        }
        try {
            if (!graceful && closing.state() != CloseHandshake.State.CLOSED) {
                frames.giveUp(new IOException("the connection was cut off by this side"));
            }
        } finally {
            try {
                closeTransport(graceful);
            } finally {
                giveBack();
            }
        }
    }

    private void closeTransport(boolean graceful) {
        if (graceful && !closing.isReceivedLast()) {
            TransportCloser.lingerAndClose(transport, shared.pools().input().usual());
        } else {
            transport.close();
        }
    }

    private void giveBack() {
        try {
            closing.readingEnded();
            endKeepAlive();
            frames.end();
            reading.release();
        } finally {
            try {
                writing.abandon();
            } finally {
                if (deflate.isPresent()) {
                    shared.pools().deflate().leave();
                }
                onDemand.connectionEnded();
            }
        }
    }

    private void endKeepAlive() {
        KeepAlive keepAlive = reading.deadlines().keepAlive();
        if (keepAlive != null) {
            keepAlive.end();
        }
    }
}
