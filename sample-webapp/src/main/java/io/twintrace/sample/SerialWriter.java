package io.twintrace.sample;

import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.frame.CloseCode;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Writes messages to one connection, one after another, whichever threads they come from: the way to send to a connection
 * from many threads. The queue is bounded; a peer that is too slow for it is let go, and slows nobody else.
 */
final class SerialWriter {
    private static final int CAPACITY = 1024;

    private final WebSocketConnection connection;
    private final Executor executor;
    private final ArrayBlockingQueue<PreparedMessage> queue = new ArrayBlockingQueue<>(CAPACITY);

    /** How many messages were offered and are not written: whoever takes it from zero starts the only drain there is. */
    private final AtomicInteger unwritten = new AtomicInteger();

    SerialWriter(WebSocketConnection connection, Executor executor) {
        this.connection = connection;
        this.executor = executor;
    }

    /** Any thread; does not wait for the peer. */
    void write(PreparedMessage message) {
        if (!connection.isOpen()) {
            return;
        }
        if (!queue.offer(message)) {
            executor.execute(() -> connection.close(CloseCode.TRY_AGAIN_LATER, "too slow"));
        } else if (unwritten.getAndIncrement() == 0) {
            executor.execute(this::drain);
        }
    }

    private void drain() {
        try {
            do {
                connection.writePrepared(queue.remove());
            } while (unwritten.decrementAndGet() > 0);
        } catch (IOException e) {
            // The connection is gone. Its reader learns of it too, and no drain starts again.
            queue.clear();
        }
    }
}
