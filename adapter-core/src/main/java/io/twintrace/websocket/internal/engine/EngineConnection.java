package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.ByteCounts;
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
import io.twintrace.websocket.internal.check.Require;
import io.twintrace.websocket.internal.frame.ControlPayload;
import io.twintrace.websocket.internal.frame.Opcode;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.write.CloseHandshake;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/** A connection over a socket. A listener gets this class, and a handler gets {@link HandlerConnection}. */
class EngineConnection extends ClosingConnection {
    private final ConnectionId id;
    private final HandshakeRequest request;
    private final Optional<String> subprotocol;
    private final ConnectionMeter meter;
    private final ConflictHandling conflicts;

    /** @param reading created by {@code parts} */
    EngineConnection(HandshakeRequest request, Accepted handshake, ConnectionParts parts, Reading reading) {
        super(handshake.deflate(), parts, reading);
        this.id = parts.id();
        this.request = request;
        this.subprotocol = handshake.subprotocol();
        this.meter = parts.meter();
        this.conflicts = parts.conflicts();
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
        return new ByteCounts(meter.received(), meter.receivedOnWire(), meter.sent(), meter.sentOnWire());
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
        reading.readLimit(Require.atLeast(0, bytes, "read limit"));
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

    /** Begins to send Pings, if the options say so. Call this once, when the connection is ready to be written to. */
    final void keepAlive() {
        KeepAlive keepAlive = reading.deadlines().keepAlive();
        if (keepAlive != null) {
            keepAlive.begin(meter);
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
