package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.ByteCounts;
import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseHandler;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.ControlHandler;
import io.twintrace.websocket.ControlType;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.Outbox;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import io.twintrace.websocket.internal.frame.ControlPayload;
import io.twintrace.websocket.internal.frame.Opcode;
import io.twintrace.websocket.internal.io.ByteCounter;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.Transport;
import io.twintrace.websocket.internal.write.CloseHandshake;
import io.twintrace.websocket.internal.write.ControlFrameWriter;
import io.twintrace.websocket.internal.write.FrameWriter;
import io.twintrace.websocket.internal.write.GuardedWriter;
import io.twintrace.websocket.internal.write.WriteBatch;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/** A connection over a socket. A listener gets this class, and a handler gets {@link HandlerConnection}. */
class EngineConnection implements StoppableConnection {
    private static final VarHandle FINISHED;

    static {
        try {
            FINISHED = MethodHandles.lookup().findVarHandle(EngineConnection.class, "finished", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ConnectionId id;
    private final HandshakeRequest request;
    private final Optional<String> subprotocol;
    private final Optional<DeflateParameters> deflate;
    private final Transport transport;
    private final Shared shared;
    private final OnDemand onDemand;
    private final ConnectionMeter meter;
    private final CloseHandshake closing;
    private final ByteCounter counter;
    private final FrameWriter frames;
    private final ControlFrameWriter control;
    private final ConflictHandling conflicts;
    private final GuardedWriter writing;
    private final Reading reading;

    @SuppressWarnings("unused") // by FINISHED
    private volatile boolean finished;

    /** @param reading created by {@code parts} */
    EngineConnection(HandshakeRequest request, Accepted handshake, ConnectionParts parts, Reading reading) {
        this.id = parts.id();
        this.request = request;
        this.subprotocol = handshake.subprotocol();
        this.deflate = handshake.deflate();
        this.transport = parts.transport();
        this.shared = parts.shared();
        this.closing = parts.closing();
        this.counter = parts.counter();
        this.onDemand = parts.onDemand();
        this.meter = parts.meter();
        this.reading = reading;
        this.frames = parts.frames();
        this.control = parts.control();
        this.conflicts = parts.conflicts();
        this.writing = parts.writing();
        deflate.ifPresent(agreed -> shared.pools().deflate().join());
    }

    // ---- What it is -----------------------------------------------------------------------------------------------

    @Override
    public final String name() {
        return id.toString();
    }

    @Override
    public final HandshakeRequest request() {
        return request;
    }

    @Override
    public final Optional<String> subprotocol() {
        return subprotocol;
    }

    @Override
    public final Optional<DeflateParameters> deflate() {
        return deflate;
    }

    @Override
    public final ByteCounts byteCounts() {
        return new ByteCounts(counter.received(), counter.receivedOnWire(), counter.sent(), counter.sentOnWire());
    }

    @Override
    public final Optional<Duration> roundTrip() {
        KeepAlive keepAlive = reading.deadlines().keepAlive();
        return keepAlive == null ? Optional.empty() : keepAlive.roundTrip();
    }

    @Override
    public final Optional<InetSocketAddress> localAddress() {
        return Optional.ofNullable(transport.localAddress());
    }

    @Override
    public final Optional<InetSocketAddress> remoteAddress() {
        return Optional.ofNullable(transport.remoteAddress());
    }

    @Override
    public final ConcurrentMap<String, Object> attributes() {
        return onDemand.attributes();
    }

    @Override
    public final Optional<CloseStatus> peerCloseStatus() {
        return Optional.ofNullable(closing.received());
    }

    @Override
    public final boolean isOpen() {
        return closing.state() == CloseHandshake.State.OPEN && frames.broken() == null;
    }

    // ---- Settings for reading --------------------------------------------------------------------------------------

    @Override
    public final void setReadDeadline(Instant deadline) {
        reading.readDeadline(Deadlines.at(deadline));
    }

    @Override
    public final void setReadLimit(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("read limit is " + bytes + ", but must not be negative");
        }
        reading.readLimit(bytes);
    }

    @Override
    public final void setPingHandler(ControlHandler handler) {
        reading.control().pingHandler(handler);
    }

    @Override
    public final void setPongHandler(ControlHandler handler) {
        reading.control().pongHandler(handler);
    }

    @Override
    public final void setCloseHandler(CloseHandler handler) {
        reading.control().closeHandler(handler);
    }

    // ---- Writing: one thread at a time, guarded by the detector ---------------------------------------------------

    @Override
    public final void writeMessage(String text) throws IOException {
        writing.writeMessage(text);
    }

    @Override
    public final void writeMessage(MessageType type, byte[] payload) throws IOException {
        writing.writeMessage(type, ByteBuffer.wrap(payload));
    }

    @Override
    public final void writeMessage(MessageType type, ByteBuffer payload) throws IOException {
        writing.writeMessage(type, payload);
    }

    @Override
    public final void writeMessage(MessageView message) throws IOException {
        writing.writeMessage(message);
    }

    @Override
    public final void writeJson(Object value) throws IOException {
        writing.writeJson(value);
    }

    @Override
    public final void flush() {
        frames.flush();
    }

    @Override
    public final void writePrepared(PreparedMessage message) throws IOException {
        writing.writePrepared(message);
    }

    @Override
    public final MessageWriter nextWriter(MessageType type) throws IOException {
        return writing.nextWriter(type);
    }

    @Override
    public final void setWriteDeadline(Instant deadline) {
        writing.writeDeadline(Deadlines.at(deadline));
    }

    @Override
    public final void enableWriteCompression(boolean enable) {
        writing.enableCompression(enable);
    }

    @Override
    public final void setCompressionLevel(int level) {
        writing.compressionLevel(level);
    }

    @Override
    public final void declareWriteDiscipline(WriteDiscipline discipline) {
        writing.declare(discipline);
    }

    // ---- Any thread, at any time ----------------------------------------------------------------------------------

    @Override
    public final ReentrantLock writeLock() {
        return onDemand.writeLock();
    }

    @Override
    public final Outbox outbox() {
        ConnectionOutbox existing = onDemand.outboxIfAny();
        return existing != null
                ? existing
                : onDemand.outbox(() -> new ConnectionOutbox(this, writing, shared.options(), this::closeSlowPeer));
    }

    private void closeSlowPeer(CloseStatus status) {
        meter.outboxIsFull();
        beginClose(status.code(), status.reason());
    }

    @Override
    public final void addCloseListener(Runnable task) {
        onDemand.closeListeners().add(task);
    }

    @Override
    public final void removeCloseListener(Runnable task) {
        onDemand.closeListeners().remove(task);
    }

    @Override
    public final void setConcurrentWriteListener(ConcurrentWriteListener listener) {
        conflicts.own(listener);
    }

    @Override
    public final void writeControl(ControlType type, byte[] payload, Instant deadline) throws IOException {
        ControlPayload.check(type, payload);
        control.writeControl(Opcode.of(type), payload, Deadlines.at(deadline));
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

    /** Begins to send Pings, if the options say so. Call this once, when the connection is ready to be written to. */
    final void keepAlive() {
        KeepAlive keepAlive = reading.deadlines().keepAlive();
        if (keepAlive != null) {
            keepAlive.begin(meter);
        }
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
            new TransportCloser(transport, shared.pools().read()).lingerAndClose();
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

    @Override
    public final ConnectionMeter meter() {
        return meter;
    }

    @Override
    public String toString() {
        return "WebSocket connection " + id;
    }
}
