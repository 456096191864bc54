package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.io.PushTransport;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;

/** Base class of the transports in memory for listener connections, which never wait. */
public abstract class PushPipe implements PushTransport {
    private Events events;
    private Executor elsewhere;

    /** Null until the connection asks for a notification. */
    protected final Events events() {
        return events;
    }

    protected final void elsewhere(Runnable event) {
        elsewhere.execute(event);
    }

    @Override
    public final void tell(Events newEvents, Executor newElsewhere) {
        events = newEvents;
        elsewhere = newElsewhere;
    }

    @Override
    public final void awaitReadable() {
        throw new UnsupportedOperationException("a listener's connection does not wait");
    }

    @Override
    public final void write(ByteBuffer[] buffers) {
        throw new UnsupportedOperationException("a listener's connection does not wait");
    }

    @Override
    public final void readDeadline(long deadline) {
        // Nothing here waits.
    }

    @Override
    public final void writeDeadline(long deadline) {
        // Nothing here waits.
    }

    @Override
    public final InetSocketAddress localAddress() {
        return null;
    }

    @Override
    public final InetSocketAddress remoteAddress() {
        return null;
    }
}
