package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.io.ByteCounter;
import io.twintrace.websocket.internal.io.InputBuffers;
import io.twintrace.websocket.internal.io.MessagePool;
import io.twintrace.websocket.internal.io.Transport;
import io.twintrace.websocket.internal.read.Source;

/** What the reading of messages finds at its connection. Any thread may call these methods. */
abstract class ConnectionSource implements Source {
    private final Transport transport;
    private final Shared shared;
    private final ByteCounter counter;

    private volatile long readLimit;

    ConnectionSource(Transport transport, Shared shared, ByteCounter counter) {
        this.transport = transport;
        this.shared = shared;
        this.counter = counter;
        this.readLimit = shared.options().readLimit();
    }

    final Shared shared() {
        return shared;
    }

    @Override
    public final Transport transport() {
        return transport;
    }

    @Override
    public final ByteCounter counter() {
        return counter;
    }

    @Override
    public final InputBuffers buffers() {
        return shared.pools().input();
    }

    @Override
    public final MessagePool messagePool() {
        return shared.pools().message();
    }

    @Override
    public final int fragmentLimit() {
        return shared.options().fragmentLimit();
    }

    @Override
    public final long readLimit() {
        return readLimit;
    }

    /** Changes the maximum size of a message, also of the one being read, from its next piece on. */
    public final void readLimit(long bytes) {
        readLimit = bytes;
    }
}
