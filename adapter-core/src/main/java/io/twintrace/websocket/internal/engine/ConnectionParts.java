package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.PushTransport;
import io.twintrace.websocket.internal.io.Transport;
import io.twintrace.websocket.internal.write.CloseHandshake;
import io.twintrace.websocket.internal.write.Coalescing;
import io.twintrace.websocket.internal.write.ControlFrameWriter;
import io.twintrace.websocket.internal.write.FrameWriter;
import io.twintrace.websocket.internal.write.GuardedWriter;
import io.twintrace.websocket.internal.write.ListenerCoalescing;
import io.twintrace.websocket.internal.write.WriteThreads;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Creates the parts of one connection and connects them, for a handler or for a listener. Used once for each
 * connection.
 */
final class ConnectionParts {
    private final ConnectionId id;
    private final Transport transport;
    private final Optional<DeflateParameters> deflate;
    private final Shared shared;
    private final WebSocketOptions options;

    private final CloseHandshake closing;
    private final OnDemand onDemand = new OnDemand();
    private final ConnectionMeter meter;
    private final FrameWriter frames;
    private final ControlFrameWriter control;
    private final ConflictHandling conflicts;
    private final GuardedWriter writing;

    ConnectionParts(
            ConnectionId id,
            Transport transport,
            Optional<DeflateParameters> deflate,
            Shared shared,
            ConcurrentWriteListener conflictLog,
            RoundTrips roundTrips) {
        this.id = id;
        this.transport = transport;
        this.deflate = deflate;
        this.shared = shared;
        this.options = shared.options();
        this.closing = new CloseHandshake(Deadlines.nanos(options.closeTimeout()));
        this.frames = new FrameWriter(transport, shared.pools().write(), closing, options);
        this.meter = new ConnectionMeter(id.number(), frames, closing, onDemand, roundTrips);
        this.control = new ControlFrameWriter(frames, closing);
        this.conflicts = new ConflictHandling(conflictLog, control);
        this.writing = new GuardedWriter(
                id,
                frames,
                control,
                deflate,
                options,
                shared.pools().write(),
                shared.pools().deflate(),
                meter,
                conflicts);
    }

    /** Creates the reader of a connection that a handler reads. */
    BlockingReader blocking(Consumer<String> warnings) {
        BlockingReader reader = new BlockingReader(id, transport, deflate, shared, frames, control, closing, meter);
        UnreadWarning unread = new UnreadWarning(reader, frames, options.unreadThreshold(), warnings);
        Coalescing coalescing = options.writeCoalescing()
                ? new HandlerCoalescing(frames, reader, Deadlines.nanos(options.coalescingDelay()))
                : Coalescing.NONE;
        frames.attach(coalescing, new HandlerWriteEvents(transport, frames, closing, unread));
        transport.readsAheadInto(shared.pools().input());
        transport.onWritten(frames::writtenByTransport, WriteThreads::startAtLast);
        return reader;
    }

    /** Creates the loop of a connection that calls a listener. */
    ListenerLoop listening(WebSocketListener listener, ListenerThreads threads) {
        ListenerLoop loop = new ListenerLoop(
                id, (PushTransport) transport, deflate, shared, frames, control, closing, meter, listener, threads);
        frames.attach(new ListenerCoalescing(frames, options), loop);
        return loop;
    }

    ConnectionId id() {
        return id;
    }

    Transport transport() {
        return transport;
    }

    Shared shared() {
        return shared;
    }

    CloseHandshake closing() {
        return closing;
    }

    OnDemand onDemand() {
        return onDemand;
    }

    /** Returns what counts for the connection. */
    ConnectionMeter meter() {
        return meter;
    }

    FrameWriter frames() {
        return frames;
    }

    ControlFrameWriter control() {
        return control;
    }

    ConflictHandling conflicts() {
        return conflicts;
    }

    GuardedWriter writing() {
        return writing;
    }
}
