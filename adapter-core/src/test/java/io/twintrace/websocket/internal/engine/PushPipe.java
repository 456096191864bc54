package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.io.PushTransport;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;

/** A transport in memory for a connection that calls a listener, and so never waits: what is alike in all of them. */
public abstract class PushPipe implements PushTransport {
    private Events events;
    private Executor elsewhere;

    /** Null until the connection wants to be told of something. */
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
