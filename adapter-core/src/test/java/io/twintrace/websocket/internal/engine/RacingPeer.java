package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteReport;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The client of a connection that calls a listener, with real threads: one that selects and one for each task that may
 * block. It reads all the time, in small portions, and answers a Close frame of 1000.
 */
final class RacingPeer {
    private static final HandshakeRequest REQUEST =
            new HandshakeRequest("GET", "HTTP/1.1", "/racing", null, null, Map.of());

    private static final byte[] CLOSE = Frames.hex("88 02 03 e8");

    /** The most bytes that may be on the way from the server to the client. */
    private static final int CAPACITY = 300;

    private final ExecutorService selector;
    private final Pipe pipe = new Pipe();
    private final WebSocketConnection connection;
    private final List<ConcurrentWriteReport> conflicts = new CopyOnWriteArrayList<>();
    private final List<Throwable> thrown = new CopyOnWriteArrayList<>();
    private final AtomicInteger ends = new AtomicInteger();

    RacingPeer(WebSocketListener listener, WebSocketOptions options, ExecutorService selector, Executor others) {
        this.selector = selector;
        ClassLoader loader = RacingPeer.class.getClassLoader();
        connection = new ConnectionFactory(options, conflicts::add, warning -> {})
                .open(
                        pipe,
                        REQUEST,
                        new Accepted(Map.of(), Optional.empty(), Optional.empty()),
                        listener,
                        new ListenerThreads(
                                (name, task) -> others.execute(() -> run(task)),
                                loader,
                                (failed, error) -> {},
                                warning -> {}),
                        prepared -> {},
                        over -> ends.incrementAndGet());
    }

    WebSocketConnection connection() {
        return connection;
    }

    void send(byte[]... frames) {
        pipe.arrive(Frames.concat(frames));
    }

    byte[] received() {
        return pipe.received();
    }

    /** How often the end was reported. */
    int ends() {
        return ends.get();
    }

    List<ConcurrentWriteReport> conflicts() {
        return conflicts;
    }

    /** The exceptions that left the events; none may throw. */
    List<Throwable> thrown() {
        return thrown;
    }

    private void select(Runnable event) {
        selector.execute(() -> run(event));
    }

    private void run(Runnable event) {
        try {
            event.run();
        } catch (Throwable t) {
            thrown.add(t);
        }
    }

    private final class Pipe extends PushPipe {
        // Guarded by this.
        private final ByteArrayOutputStream incoming = new ByteArrayOutputStream();
        private int taken;
        private boolean inputEnded;
        private boolean outputEnded;
        private boolean awaited;
        private final ByteArrayOutputStream between = new ByteArrayOutputStream();
        private final ByteArrayOutputStream read = new ByteArrayOutputStream();
        private boolean portionIsDue;
        private ByteBuffer started;
        private boolean closed;

        synchronized void arrive(byte[] bytes) {
            incoming.writeBytes(bytes);
            hasInput();
        }

        private synchronized void end() {
            inputEnded = true;
            hasInput();
        }

        /** Call with the lock held. */
        private void hasInput() {
            if (awaited) {
                awaited = false;
                if (events().mayBlock()) {
                    elsewhere(events()::readable);
                } else {
                    select(events()::readable);
                }
            }
        }

        synchronized byte[] received() {
            return read.toByteArray();
        }

        /** Call with the lock held. */
        private void take(ByteBuffer buffer) {
            byte[] bytes = new byte[Math.min(CAPACITY - between.size(), buffer.remaining())];
            buffer.get(bytes);
            between.writeBytes(bytes);
            if (!portionIsDue && between.size() > 0) {
                portionIsDue = true;
                select(this::readPortion);
            }
        }

        /** Runs on the selecting thread. */
        private void readPortion() {
            boolean written = false;
            synchronized (this) {
                portionIsDue = false;
                read.writeBytes(between.toByteArray());
                between.reset();
                if (started != null) {
                    take(started);
                    written = !started.hasRemaining();
                    started = written ? null : started;
                }
            }
            if (written) {
                events().written(null);
            } else if (endsWithClose()) {
                arrive(Frames.close(1000));
                end();
            }
        }

        private synchronized boolean endsWithClose() {
            byte[] all = read.toByteArray();
            int at = all.length - CLOSE.length;
            return at >= 0 && ByteBuffer.wrap(all, at, CLOSE.length).equals(ByteBuffer.wrap(CLOSE));
        }

        @Override
        public synchronized void awaitInput() {
            awaited = true;
            if (taken < incoming.size() || inputEnded || closed) {
                awaited = false;
                elsewhere(events()::readable);
            }
        }

        @Override
        public synchronized int read(ByteBuffer into) throws IOException {
            if (closed) {
                throw new ClosedChannelException();
            }
            int n = Math.min(into.remaining(), incoming.size() - taken);
            into.put(incoming.toByteArray(), taken, n);
            taken += n;
            return n == 0 && inputEnded ? -1 : n;
        }

        @Override
        public synchronized boolean tryWrite(ByteBuffer[] buffers) throws IOException {
            if (closed || outputEnded) {
                throw new ClosedChannelException();
            }
            boolean all = true;
            for (ByteBuffer buffer : buffers) {
                take(buffer);
                all &= !buffer.hasRemaining();
            }
            return all;
        }

        @Override
        public synchronized boolean startWrite(ByteBuffer buffer) throws IOException {
            if (tryWrite(new ByteBuffer[] {buffer})) {
                return true;
            }
            started = buffer;
            return false;
        }

        @Override
        public synchronized boolean shutdownOutput() {
            outputEnded = true;
            return true;
        }

        @Override
        public synchronized void close() {
            if (closed) {
                return;
            }
            closed = true;
            if (started != null) {
                started = null;
                elsewhere(() -> events().written(new ClosedChannelException()));
            }
            if (events() != null) {
                hasInput();
            }
        }
    }
}
