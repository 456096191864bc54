package io.twintrace.websocket.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import io.twintrace.websocket.internal.engine.ConnectionFactory;
import io.twintrace.websocket.internal.engine.ListenerThreads;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Measures what the timers of very many idle connections cost: the idle timeout of each, without keep-alive and with it.
 * There are no sockets, so that no limit on open files counts. The peers answer each Ping.
 *
 * <pre>java -cp benchmarks/target/benchmarks.jar io.twintrace.websocket.benchmarks.ManyTimers 50000 30</pre>
 */
public final class ManyTimers {
    private static final HandshakeRequest REQUEST =
            new HandshakeRequest("GET", "HTTP/1.1", "/idle", null, null, Map.of());
    private static final Accepted ACCEPTED = new Accepted(Map.of(), Optional.empty(), Optional.empty());

    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final int connections;
    private final int seconds;

    private ManyTimers(int connections, int seconds) {
        this.connections = connections;
        this.seconds = seconds;
    }

    /** Takes the number of connections, and the seconds of each measurement. The interval of the Pings is as long. */
    public static void main(String[] args) throws InterruptedException {
        ManyTimers timers = new ManyTimers(Integer.parseInt(args[0]), Integer.parseInt(args[1]));
        WebSocketOptions.Builder idle = WebSocketOptions.builder().idleTimeout(Duration.ofMinutes(10));
        timers.measure("idle timeout", idle.build());
        timers.measure(
                "idle timeout and keep-alive",
                idle.pingInterval(Duration.ofSeconds(timers.seconds)).build());
    }

    private void measure(String title, WebSocketOptions options) throws InterruptedException {
        BlockingQueue<PongingPeer> answers = new LinkedBlockingQueue<>();
        List<PongingPeer> peers = new ArrayList<>(connections);
        for (int i = 0; i < connections; i++) {
            peers.add(new PongingPeer(answers));
        }
        long heap = heap();
        List<WebSocketConnection> open = new ArrayList<>(connections);
        ConnectionFactory factory = new ConnectionFactory(options);
        ListenerThreads threads = new ListenerThreads(
                (name, task) -> task.run(),
                ManyTimers.class.getClassLoader(),
                (connection, error) -> {},
                warning -> {});
        for (PongingPeer peer : peers) {
            open.add(factory.open(peer, REQUEST, ACCEPTED, new Idle(), threads, connection -> {}, connection -> {}));
        }
        long each = (heap() - heap) / connections;
        answerFor(answers, seconds); // everything is compiled, and each connection was pinged
        long cpu = system.getProcessCpuTime();
        long pings = answerFor(answers, seconds);
        double used = (system.getProcessCpuTime() - cpu) / 1e9;
        System.out.printf(
                "%s: %,d connections with %,d bytes each, %,d Pings answered in %d s, %.2f s of CPU time%n",
                title, connections, each, pings, seconds, used);
        open.forEach(WebSocketConnection::abort);
    }

    /** Answers the Pings that come in this time. Returns how many. */
    private static long answerFor(BlockingQueue<PongingPeer> answers, int seconds) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        long count = 0;
        for (long left; (left = end - System.nanoTime()) > 0; ) {
            PongingPeer peer = answers.poll(left, TimeUnit.NANOSECONDS);
            if (peer != null) {
                peer.answer();
                count++;
            }
        }
        return count;
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static final class Idle implements WebSocketListener {
        @Override
        public boolean isNonBlocking() {
            return true;
        }
    }
}
