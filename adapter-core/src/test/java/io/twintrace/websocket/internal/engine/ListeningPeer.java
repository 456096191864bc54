package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteReport;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The client of a connection that calls a listener, in memory. Its output arrives at once, and it reads as much as it
 * wants to. The listener is called on the thread of the test, inside {@link #send} and the like.
 */
final class ListeningPeer implements AutoCloseable {
    private static final HandshakeRequest REQUEST =
            new HandshakeRequest("GET", "HTTP/1.1", "/listening", null, null, Map.of());

    private final Pipe pipe = new Pipe();
    private final Queue<Runnable> elsewhere = new ConcurrentLinkedQueue<>();
    private final List<Throwable> errors = new CopyOnWriteArrayList<>();
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final List<ConcurrentWriteReport> conflicts = new CopyOnWriteArrayList<>();
    private final WebSocketOptions options;
    private final WebSocketConnection connection;
    private int ends;
    private int lentAtTheEnd;
    private int warningsAtTheEnd;
    private volatile boolean threadless;
    private volatile boolean shutDown;

    /** How often the log will still fail for lack of memory. */
    private int logFailures;

    private ListeningPeer(
            WebSocketListener listener,
            WebSocketOptions options,
            Optional<DeflateParameters> deflate,
            int room,
            Consumer<WebSocketConnection> prepare) {
        this.options = options;
        pipe.room = room;
        connection = new ConnectionFactory(options, conflicts::add, warning -> {})
                .open(
                        pipe,
                        REQUEST,
                        new Accepted(Map.of(), Optional.empty(), deflate),
                        listener,
                        new ListenerThreads(
                                (name, task) -> runElsewhere(task),
                                ListeningPeer.class.getClassLoader(),
                                (failed, error) -> log(error),
                                warnings::add),
                        prepare,
                        over -> {
                            lentAtTheEnd = lentBuffers();
                            warningsAtTheEnd = warnings.size();
                            ends++;
                        });
    }

    /** Options of {@link TestPeer#quick}, but output never leaves merely because time passes. */
    static WebSocketOptions.Builder quick() {
        return TestPeer.quick().coalescingDelay(Duration.ofHours(1));
    }

    static ListeningPeer connect(WebSocketListener listener) {
        return connect(listener, quick().build());
    }

    static ListeningPeer connect(WebSocketListener listener, WebSocketOptions options) {
        return connect(listener, options, Optional.empty());
    }

    static ListeningPeer connect(
            WebSocketListener listener, WebSocketOptions options, Optional<DeflateParameters> deflate) {
        return new ListeningPeer(listener, options, deflate, Integer.MAX_VALUE, prepared -> {});
    }

    /** A peer whose connection is prepared for its first call. */
    static ListeningPeer connectPrepared(
            WebSocketListener listener,
            WebSocketOptions options,
            Optional<DeflateParameters> deflate,
            Consumer<WebSocketConnection> prepare) {
        return new ListeningPeer(listener, options, deflate, Integer.MAX_VALUE, prepare);
    }

    /** A peer that reads so many bytes, and then no more until {@link #readMore}. */
    static ListeningPeer connectLazy(WebSocketListener listener, WebSocketOptions options, int bytes) {
        return new ListeningPeer(listener, options, Optional.empty(), bytes, prepared -> {});
    }

    /** The same, after an agreement about compression. */
    static ListeningPeer connectLazy(
            WebSocketListener listener, WebSocketOptions options, Optional<DeflateParameters> deflate, int bytes) {
        return new ListeningPeer(listener, options, deflate, bytes, prepared -> {});
    }

    WebSocketConnection connection() {
        return connection;
    }

    /** Sends all of this at once, and has the server do all its work. */
    void send(byte[]... frames) {
        pipe.arrive(Frames.concat(frames));
        settle();
    }

    /** Sends all of this at once. The server's tasks for other threads wait for {@link #settle}. */
    void sendOnly(byte[]... frames) {
        pipe.arrive(Frames.concat(frames));
    }

    /** Makes each read of the server bring so many bytes at most, as with TLS. */
    ListeningPeer withRecordsOf(int bytes) {
        pipe.record = bytes;
        return this;
    }

    /** Makes each read of the server take so long, as on a busy machine. */
    ListeningPeer withReadsOf(Duration length) {
        pipe.readNanos = length.toNanos();
        return this;
    }

    /** How often the server has asked for notification of input. */
    int timesAwaited() {
        return pipe.timesAwaited;
    }

    /** Ends the client's output. */
    void end() {
        pipe.end();
        settle();
    }

    void readMore(int bytes) {
        pipe.takeMore(bytes);
        settle();
    }

    private void runElsewhere(Runnable task) {
        if (threadless) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        if (shutDown) {
            throw new RejectedExecutionException("made by hand: shut down");
        }
        elsewhere.add(task);
    }

    /** Whether the server can start no more threads, as at the system's limit. */
    void threadless(boolean newThreadless) {
        threadless = newThreadless;
    }

    /** Denies the server further threads, as when the servlet is destroyed. */
    void shutDown() {
        shutDown = true;
    }

    /** Runs the server's tasks for other threads on this thread. */
    void settle() {
        for (Runnable task; (task = elsewhere.poll()) != null; ) {
            task.run();
        }
    }

    /** Runs something when the server's next write has left, but has not returned. */
    void duringNextWrite(Runnable action) {
        pipe.duringWrite = action;
    }

    /** The server's output since the last call of this method. */
    byte[] received() {
        return pipe.received();
    }

    /** How many calls the server has used to write so far. */
    int writes() {
        return pipe.writes.get();
    }

    /** The lengths of the buffers in the server's last write call. */
    List<Integer> lastWrite() {
        return pipe.lastWrite;
    }

    /** Whether the server would read further input. */
    boolean isReadFrom() {
        return pipe.awaited;
    }

    /** Whether the server has said that it will write no more. */
    boolean isOutputEnded() {
        return pipe.outputEnded;
    }

    boolean isClosed() {
        return pipe.closed;
    }

    /** Makes the log fail so many times for lack of memory. */
    ListeningPeer withFailingLog(int times) {
        logFailures = times;
        return this;
    }

    private void log(Throwable error) {
        if (logFailures > 0) {
            logFailures--;
            throw new OutOfMemoryError("made by hand: the log");
        }
        errors.add(error);
    }

    /** The errors in the log. */
    List<Throwable> errors() {
        return errors;
    }

    /** The warnings in the log. */
    List<String> warnings() {
        return warnings;
    }

    /** How many warnings the log had when the end was reported. */
    int warningsAtTheEnd() {
        return warningsAtTheEnd;
    }

    List<ConcurrentWriteReport> conflicts() {
        return conflicts;
    }

    /** How many buffers the server holds. */
    int lentBuffers() {
        return Shared.of(options).pools().read().lent()
                + Shared.of(options).pools().write().lent()
                + Shared.of(options).pools().message().lent();
    }

    /** How many buffers the server held when the end was reported. */
    int lentAtTheEnd() {
        return lentAtTheEnd;
    }

    /** How often the end was reported. */
    int ends() {
        return ends;
    }

    @Override
    public void close() {
        connection.abort();
        settle();
    }

    private static final class Pipe extends PushPipe {
        private final ArrayDeque<byte[]> incoming = new ArrayDeque<>();
        private final ByteArrayOutputStream outgoing = new ByteArrayOutputStream();
        private ByteBuffer started;
        private boolean inputEnded;
        private boolean outputEnded;
        private volatile boolean closed;
        private volatile boolean awaited;
        private int room;
        private int record = Integer.MAX_VALUE;
        private long readNanos;
        private int timesAwaited;
        private Runnable duringWrite;
        private final AtomicInteger writes = new AtomicInteger();
        private volatile List<Integer> lastWrite = List.of();

        void arrive(byte[] bytes) {
            incoming.add(bytes);
            tellOfInput();
        }

        void end() {
            inputEnded = true;
            tellOfInput();
        }

        private void tellOfInput() {
            if (awaited) {
                awaited = false;
                events().readable();
            }
        }

        void takeMore(int bytes) {
            room += bytes;
            if (started != null && take(started)) {
                started = null;
                events().written(null);
            }
        }

        synchronized byte[] received() {
            byte[] bytes = outgoing.toByteArray();
            outgoing.reset();
            return bytes;
        }

        private synchronized boolean take(ByteBuffer buffer) {
            int n = Math.min(room, buffer.remaining());
            byte[] bytes = new byte[n];
            buffer.get(bytes);
            outgoing.writeBytes(bytes);
            room -= n;
            return !buffer.hasRemaining();
        }

        @Override
        public void awaitInput() {
            awaited = true;
            timesAwaited++;
            if (!incoming.isEmpty() || inputEnded || closed) {
                elsewhere(this::tellOfInput);
            }
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            if (closed) {
                throw new ClosedChannelException();
            }
            byte[] next = incoming.poll();
            if (next == null) {
                return inputEnded ? -1 : 0;
            }
            int n = Math.min(Math.min(next.length, into.remaining()), record);
            into.put(next, 0, n);
            for (long begin = System.nanoTime(); System.nanoTime() - begin < readNanos; ) {
                Thread.onSpinWait();
            }
            if (n < next.length) {
                incoming.addFirst(Arrays.copyOfRange(next, n, next.length));
            }
            return n;
        }

        @Override
        public boolean tryWrite(ByteBuffer[] buffers) throws IOException {
            if (closed || outputEnded) {
                throw new ClosedChannelException();
            }
            writes.incrementAndGet();
            lastWrite = Arrays.stream(buffers).map(ByteBuffer::remaining).toList();
            boolean all = true;
            for (ByteBuffer buffer : buffers) {
                all = all && take(buffer);
            }
            Runnable action = duringWrite;
            if (action != null) {
                duringWrite = null;
                action.run();
            }
            return all;
        }

        @Override
        public boolean startWrite(ByteBuffer buffer) {
            if (take(buffer)) {
                return true;
            }
            started = buffer;
            return false;
        }

        @Override
        public boolean shutdownOutput() {
            outputEnded = true;
            return true;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                if (started != null) {
                    elsewhere(() -> events().written(new ClosedChannelException()));
                }
                if (events() != null) {
                    elsewhere(this::tellOfInput);
                }
            }
        }
    }
}
