package io.twintrace.websocket.benchmarks;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.ConcurrentWrites;
import io.twintrace.websocket.detect.WideWindow;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import io.twintrace.websocket.internal.engine.ConnectionFactory;
import io.twintrace.websocket.internal.io.VirtualThreads;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures how rarely a race shows, naturally and with the window widened. There are many connections, each with a
 * handler that writes every 20 ms and a heartbeat that writes every 2 s, at random moments. The transport accepts
 * everything at once, so that a write is as short as possible. Needs virtual threads.
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

    /** Takes the seconds to watch as it is, and the seconds to watch with the window widened. */
    public static void main(String[] args) throws InterruptedException {
        double natural = new RaceOdds().watch("as it is", Integer.parseInt(args[0]));
        WideWindow window = WideWindow.open(WINDOW);
        double widened = new RaceOdds().watch("held up to " + WINDOW.toMillis() + " ms", Integer.parseInt(args[1]));
        window.close();
        System.out.printf("factor %.0f%n", natural / widened);
    }

    /** Returns the writes for each conflict. The result is not finite without a conflict: watch longer then. */
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

    /** Runs one connection after another, each until its conflict. */
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
            // A conflict, which the detector counts, or its effect on the other writer.
        }
    }

    private static final class Nowhere extends MemoryPeer {
        @Override
        void take(ByteBuffer buffer) {
            buffer.position(buffer.limit());
        }
    }
}
