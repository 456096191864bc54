package io.twintrace.websocket.benchmarks;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.ConcurrentWrites;
import io.twintrace.websocket.detect.WideWindow;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import io.twintrace.websocket.internal.engine.ConnectionFactory;
import io.twintrace.websocket.internal.io.Transport;
import io.twintrace.websocket.internal.io.VirtualThreads;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * How seldom a race shows, as it is and with the window widened: many connections, each with a handler that writes
 * every 20 ms and a heartbeat that writes every 2 s, both at random moments. The transport swallows everything at once,
 * so that a write is as short as it can be. Needs virtual threads.
 *
 * <pre>java -cp benchmarks/target/benchmarks.jar io.twintrace.websocket.benchmarks.RaceOdds 180 20</pre>
 */
public final class RaceOdds {
    private static final int CONNECTIONS = 1000;
    private static final long HANDLER_PAUSE = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long HEARTBEAT_PAUSE = TimeUnit.SECONDS.toNanos(2);
    private static final Duration WINDOW = Duration.ofMillis(2);

    private final WebSocketOptions options = WebSocketOptions.defaults();
    private final LongAdder writes = new LongAdder();
    private volatile boolean over;

    private RaceOdds() {}

    /** Takes how many seconds to watch as it is, and how many with the window widened. */
    public static void main(String[] args) throws InterruptedException {
        double natural = new RaceOdds().watch("as it is", Integer.parseInt(args[0]));
        WideWindow window = WideWindow.open(WINDOW);
        double widened = new RaceOdds().watch("held up to " + WINDOW.toMillis() + " ms", Integer.parseInt(args[1]));
        window.close();
        System.out.printf("factor %.0f%n", natural / widened);
    }

    /** How many writes there are to one conflict; no number where there is none, which asks for more patience. */
    private double watch(String title, int seconds) throws InterruptedException {
        long before = ConcurrentWrites.detected();
        for (int i = 0; i < CONNECTIONS; i++) {
            VirtualThreads.unstarted(this::serve).start();
        }
        TimeUnit.SECONDS.sleep(seconds);
        over = true;
        long conflicts = ConcurrentWrites.detected() - before;
        double odds = writes.sum() / (double) conflicts;
        System.out.printf(
                "%s: %d writes in %d s, %d conflicts: one in %.0f%n", title, writes.sum(), seconds, conflicts, odds);
        return odds;
    }

    /** One connection after another, each until its conflict. */
    private void serve() {
        while (!over) {
            WebSocketConnection connection = new ConnectionFactory(options, report -> {}, warning -> {})
                    .open(
                            new Nowhere(),
                            new HandshakeRequest("GET", "HTTP/1.1", "/race", null, null, Map.of()),
                            new Accepted(Map.of(), Optional.empty(), Optional.empty()));
            VirtualThreads.unstarted(() -> write(connection, HEARTBEAT_PAUSE)).start();
            write(connection, HANDLER_PAUSE);
            connection.abort();
        }
    }

    private void write(WebSocketConnection connection, long meanPause) {
        try {
            while (!over) {
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(2 * meanPause));
                connection.writeMessage("a message of some forty bytes, more or less");
                writes.increment();
            }
        } catch (ConcurrentWriteException | IOException e) {
            // What is being counted, or the other side of it.
        }
    }

    /** Takes everything at once, and never says a word. */
    private static final class Nowhere implements Transport {
        @Override
        public int read(ByteBuffer into) {
            return 0;
        }

        @Override
        public void awaitReadable() {}

        @Override
        public void write(ByteBuffer[] buffers) {
            for (ByteBuffer buffer : buffers) {
                buffer.position(buffer.limit());
            }
        }

        @Override
        public void readDeadline(long deadline) {}

        @Override
        public void writeDeadline(long deadline) {}

        @Override
        public boolean shutdownOutput() {
            return true;
        }

        @Override
        public void close() {}

        @Override
        public InetSocketAddress localAddress() {
            return null;
        }

        @Override
        public InetSocketAddress remoteAddress() {
            return null;
        }
    }
}
