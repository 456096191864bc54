package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.io.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CountDownLatch;

/** While this is stuck, the operating system takes no more output. */
final class StuckTransport extends FilterTransport {
    private volatile CountDownLatch room = new CountDownLatch(0);
    private final CountDownLatch stuck = new CountDownLatch(1);
    private volatile boolean closed;

    StuckTransport(Transport inner) {
        super(inner);
    }

    void stick() {
        room = new CountDownLatch(1);
    }

    /** Waits until a thread is stuck, or would be. */
    void awaitWriter() throws InterruptedException {
        stuck.await();
    }

    void goOn() {
        room.countDown();
    }

    @Override
    public void write(ByteBuffer[] buffers) throws IOException {
        try {
            if (room.getCount() > 0) {
                stuck.countDown();
            }
            room.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (closed) {
            throw new ClosedChannelException();
        }
        super.write(buffers);
    }

    @Override
    public boolean tryWrite(ByteBuffer[] buffers) throws IOException {
        return room.getCount() == 0 && super.tryWrite(buffers);
    }

    @Override
    public void close() {
        closed = true;
        goOn();
        super.close();
    }
}
