package io.twintrace.websocket;

import io.twintrace.websocket.deflate.DeflateParameters;
import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.transport.Deadlines;
import io.twintrace.websocket.transport.PushTransport;
import io.twintrace.websocket.transport.Transport;
import java.util.Optional;
import java.util.function.Consumer;

/** Puts the parts of a connection together, for one of the two faces; used once, and thrown away. */
final class ConnectionParts {
    private final ConnectionId id;
    private final Transport transport;
    private final Optional<DeflateParameters> deflate;
    private final WebSocketOptions options;
    private final ConcurrentWriteListener whoIsTold;

    private final Closing closing;
    private final Traffic traffic = new Traffic();
    private final TransportCloser closer;
    private FrameOutput frames;
    private Conflicts conflicts;
    private WriteHalf writing;

    ConnectionParts(
            ConnectionId id,
            Transport transport,
            Optional<DeflateParameters> deflate,
            WebSocketOptions options,
            ConcurrentWriteListener conflictLog) {
        this.id = id;
        this.transport = transport;
        this.deflate = deflate;
        this.options = options;
        ConcurrentWriteListener log = conflictLog != null ? conflictLog : ConflictLog.system();
        this.whoIsTold = log.andThen(options.concurrentWriteListener());
        this.closing = new Closing(Deadlines.nanos(options.closeTimeout()));
        this.closer = new TransportCloser(transport, options.readPool());
    }

    /** The face that threads read from. */
    Reading blocking(Consumer<String> warnings) {
        BlockingSink sink = new BlockingSink(transport, closing, options.writePool());
        writeTo(sink);
        ReadHalf reading = new ReadHalf(id.toString(), transport, deflate, options, frames, closing, closer, traffic);
        sink.warn(new UnreadWarning(reading, frames, options.unreadNanos(), warnings));
        if (options.writeCoalescing()) {
            sink.coalesce(new WriteCoalescing(frames, reading, options.coalescingNanos()));
        }
        return reading;
    }

    /** The face that calls a listener. */
    Reading listening(WebSocketListener listener, ListenerThreads threads) {
        PushTransport push = (PushTransport) transport;
        PushSink sink = new PushSink(
                push,
                options.writePool(),
                options.backlogLimit(),
                Deadlines.nanos(options.writeTimeout()),
                options.coalescingNanos());
        writeTo(sink);
        ListeningHalf reading = new ListeningHalf(
                id.toString(), push, deflate, options, frames, sink, closing, traffic, listener, threads);
        sink.belongsTo(frames, reading);
        return reading;
    }

    private void writeTo(FrameSink sink) {
        frames =
                new FrameOutput(transport, sink, options.writePool(), closing, Deadlines.nanos(options.writeTimeout()));
        conflicts = new Conflicts(whoIsTold, frames);
        writing = new WriteHalf(id, frames, deflate, options, traffic, conflicts);
    }

    Closing closing() {
        return closing;
    }

    Traffic traffic() {
        return traffic;
    }

    TransportCloser closer() {
        return closer;
    }

    FrameOutput frames() {
        return frames;
    }

    Conflicts conflicts() {
        return conflicts;
    }

    WriteHalf writing() {
        return writing;
    }
}
