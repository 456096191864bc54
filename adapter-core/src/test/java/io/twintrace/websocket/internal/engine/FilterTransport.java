package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.io.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Passes everything on, for tests that intercept some calls. */
public class FilterTransport implements Transport {
    private final Transport inner;

    protected FilterTransport(Transport inner) {
        this.inner = inner;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return inner.read(into);
    }

    @Override
    public void awaitReadable() throws IOException {
        inner.awaitReadable();
    }

    @Override
    public void write(ByteBuffer[] buffers) throws IOException {
        inner.write(buffers);
    }

    @Override
    public boolean tryWrite(ByteBuffer[] buffers) throws IOException {
        return inner.tryWrite(buffers);
    }

    @Override
    public void readDeadline(long deadline) {
        inner.readDeadline(deadline);
    }

    @Override
    public void writeDeadline(long deadline) {
        inner.writeDeadline(deadline);
    }

    @Override
    public boolean shutdownOutput() {
        return inner.shutdownOutput();
    }

    @Override
    public void close() {
        inner.close();
    }

    @Override
    public InetSocketAddress localAddress() {
        return inner.localAddress();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return inner.remoteAddress();
    }
}
