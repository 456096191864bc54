package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.PushTransport;
import io.twintrace.websocket.internal.io.Transport;
import java.util.Optional;
import java.util.function.Consumer;

/** Puts the parts of a connection together, for one of the two faces; used once, and thrown away. */
final class ConnectionParts {
    private final ConnectionId id;
    private final Transport transport;
    private final Optional<DeflateParameters> deflate;
    private final Shared shared;
    private final WebSocketOptions options;
    private final ConcurrentWriteListener listener;

    private final CloseHandshake closing;
    private final ByteCounter traffic = new ByteCounter();
    private final TransportCloser closer;
    private FrameWriter frames;
    private Conflicts conflicts;
    private WriteHalf writing;

    ConnectionParts(
            ConnectionId id,
            Transport transport,
            Optional<DeflateParameters> deflate,
            Shared shared,
            ConcurrentWriteListener conflictLog) {
        this.id = id;
        this.transport = transport;
        this.deflate = deflate;
        this.shared = shared;
        this.options = shared.options();
        this.listener = conflictLog.andThen(options.concurrentWriteListener());
        this.closing = new CloseHandshake(Deadlines.nanos(options.closeTimeout()));
        this.closer = new TransportCloser(transport, shared.pools().read());
    }

    /** The face that threads read from. */
    ReadHalf blocking(Consumer<String> warnings) {
        BlockingSink sink = new BlockingSink(transport, closing, shared.pools().write());
        writeTo(sink);
        ReadHalf reading = new ReadHalf(id.toString(), transport, deflate, shared, frames, closing, closer, traffic);
        sink.warn(new UnreadWarning(reading, frames, options.unreadThreshold(), warnings));
        if (options.writeCoalescing()) {
            sink.coalesce(new WriteCoalescing(frames, reading, Deadlines.nanos(options.coalescingDelay())));
        }
        return reading;
    }

    /** The face that calls a listener. */
    ListenerLoop listening(WebSocketListener webSocketListener, ListenerThreads threads) {
        PushTransport push = (PushTransport) transport;
        PushSink sink = new PushSink(
                push,
                shared.pools().write(),
                options.pendingWriteLimit(),
                Deadlines.nanos(options.writeTimeout()),
                Deadlines.nanos(options.coalescingDelay()));
        writeTo(sink);
        ListenerLoop reading = new ListenerLoop(
                id.toString(), push, deflate, shared, frames, sink, closing, traffic, webSocketListener, threads);
        sink.belongsTo(frames, reading);
        return reading;
    }

    private void writeTo(FrameSink sink) {
        frames = new FrameWriter(
                transport, sink, shared.pools().write(), closing, Deadlines.nanos(options.writeTimeout()));
        conflicts = new Conflicts(listener, frames);
        writing = new WriteHalf(id, frames, deflate, shared, traffic, conflicts);
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

    ByteCounter traffic() {
        return traffic;
    }

    TransportCloser closer() {
        return closer;
    }

    FrameWriter frames() {
        return frames;
    }

    Conflicts conflicts() {
        return conflicts;
    }

    WriteHalf writing() {
        return writing;
    }
}
