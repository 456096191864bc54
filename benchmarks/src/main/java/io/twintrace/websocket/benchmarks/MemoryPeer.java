package io.twintrace.websocket.benchmarks;

import io.twintrace.websocket.internal.io.PushTransport;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;

/** A peer in memory that takes at once all bytes written to it, and sends nothing. Holds no resources. */
abstract class MemoryPeer implements PushTransport {
    private Events events;

    /** Takes the whole buffer. */
    abstract void take(ByteBuffer buffer);

    /** Returns the connection of a listener. */
    final Events events() {
        return events;
    }

    @Override
    public int read(ByteBuffer into) {
        return 0;
    }

    @Override
    public void awaitReadable() {}

    @Override
    public void awaitInput() {}

    @Override
    public final void onWritten(Completion completion, Executor blockingExecutor) {
        // Everything is written at once.
    }

    @Override
    public final void onEvents(Events newEvents, Executor blockingExecutor) {
        events = newEvents;
    }

    @Override
    public final boolean tryWrite(ByteBuffer[] buffers) {
        for (ByteBuffer buffer : buffers) {
            take(buffer);
        }
        return true;
    }

    @Override
    public final boolean startWrite(ByteBuffer buffer) {
        take(buffer);
        return true;
    }

    @Override
    public final void readDeadline(long deadline) {
        // Nothing here waits.
    }

    @Override
    public final boolean shutdownOutput() {
        return true;
    }

    @Override
    public final void close() {}

    @Override
    public final InetSocketAddress localAddress() {
        return null;
    }

    @Override
    public final InetSocketAddress remoteAddress() {
        return null;
    }
}
