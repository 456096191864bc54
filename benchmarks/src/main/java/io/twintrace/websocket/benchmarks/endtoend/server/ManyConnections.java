package io.twintrace.websocket.benchmarks.endtoend.server;

import com.sun.management.OperatingSystemMXBean;
import io.twintrace.websocket.WebSocketOptions;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.MemoryConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;

/**
 * More connections than a process may have files: over Jetty's memory connector, with the real handshake, servlet and
 * engine. One in a hundred sends 125 bytes of text each second, and waits for the echo. The peers are in the same process,
 * so that its CPU time and heap are theirs as well.
 */
final class ManyConnections {
    private static final String REQUEST = String.join(
            "\r\n",
            "GET /echo HTTP/1.1",
            "Host: localhost",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "",
            "");

    private static final int LENGTH = 125;
    private static final int QUIET_OF_ONE = 100;

    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final List<Peer> peers = new ArrayList<>();
    private final AtomicInteger received = new AtomicInteger();

    /** How long each message took in nanoseconds, in the order of the answers. */
    private long[] nanos;

    private volatile Throwable failure;

    private ManyConnections() {}

    /** Takes a face, the number of connections, and the seconds of each measurement. */
    public static void main(String[] args) throws Exception {
        new ManyConnections()
                .run(
                        TwintraceFace.valueOf(args[0].toUpperCase(Locale.ROOT)),
                        Integer.parseInt(args[1]),
                        Integer.parseInt(args[2]));
        System.exit(0); // the connections are not closed
    }

    private void run(TwintraceFace face, int connections, int seconds) throws Exception {
        WebSocketOptions options = TwintraceFace.options(8192).toBuilder()
                .maxConnections(connections + 1)
                .build();
        ServletContextHandler context = new ServletContextHandler("/");
        context.addServlet(new ServletHolder(face.echo(options)), "/echo");
        Server server = new Server();
        MemoryConnector connector = new MemoryConnector(server, new HttpConnectionFactory());
        server.addConnector(connector);
        server.setHandler(context);
        server.start();

        new Peer(connector.connect().getLocalEndPoint()).upgrade(); // loads what all need
        long heap = heap();
        long begin = System.nanoTime();
        for (int i = 0; i < connections; i++) {
            Peer peer = new Peer(connector.connect().getLocalEndPoint());
            peer.upgrade();
            peers.add(peer);
        }
        double opening = (System.nanoTime() - begin) / 1e9;
        System.out.printf(
                "%s: %,d connections in %.1f s, with %,d bytes each%n",
                face, connections, opening, (heap() - heap) / connections);
        speak(seconds); // compiles what is needed
        speak(seconds);
        long cpu = system.getProcessCpuTime();
        TimeUnit.SECONDS.sleep(seconds);
        System.out.printf(
                "nobody speaks: %.2f s of CPU time in %d s%n", (system.getProcessCpuTime() - cpu) / 1e9, seconds);
    }

    /** One peer after another sends a message when it is due, whether or not the one before has its answer. */
    private void speak(int seconds) {
        int rate = Math.max(1, peers.size() / QUIET_OF_ONE);
        int messages = rate * seconds;
        nanos = new long[messages];
        received.set(0);
        long cpu = system.getProcessCpuTime();
        long begin = System.nanoTime();
        for (int i = 0; i < messages; i++) {
            long due = begin + TimeUnit.SECONDS.toNanos(i) / rate;
            for (long left; (left = due - System.nanoTime()) > 0; ) {
                LockSupport.parkNanos(left);
            }
            peers.get((int) ((long) i * QUIET_OF_ONE % peers.size())).send(due);
        }
        while (received.get() < messages) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            if (failure != null) {
                throw new IllegalStateException("a connection has failed", failure);
            }
        }
        double used = (system.getProcessCpuTime() - cpu) / 1e9;
        Arrays.sort(nanos);
        System.out.printf(
                "%,d messages in %d s: %.2f s of CPU time, p50 %,d us, p99 %,d us%n",
                messages, seconds, used, nanos[messages / 2] / 1000, nanos[messages * 99 / 100] / 1000);
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** The other side of a connection. Sends one message at a time. */
    private final class Peer implements Callback {
        private final EndPoint endPoint;
        private int missing;
        private long due;

        Peer(EndPoint endPoint) {
            this.endPoint = endPoint;
        }

        void upgrade() throws Exception {
            endPoint.write(Callback.NOOP, ByteBuffer.wrap(REQUEST.getBytes(StandardCharsets.US_ASCII)));
            StringBuilder response = new StringBuilder();
            while (response.indexOf("\r\n\r\n") < 0) {
                CompletableFuture<Void> readable = new CompletableFuture<>();
                endPoint.fillInterested(Callback.from(() -> readable.complete(null), readable::completeExceptionally));
                readable.get();
                response.append(StandardCharsets.US_ASCII.decode(fill()));
            }
            if (!response.toString().startsWith("HTTP/1.1 101 ")) {
                throw new IOException("not upgraded: " + response);
            }
        }

        /** Sends a message of zeros that is masked with zeros. */
        void send(long whenDue) {
            due = whenDue;
            missing = 2 + LENGTH;
            endPoint.fillInterested(this);
            endPoint.write(
                    Callback.NOOP,
                    ByteBuffer.allocate(6 + LENGTH)
                            .put((byte) 0x81)
                            .put((byte) (0x80 | LENGTH))
                            .rewind());
        }

        @Override
        public void succeeded() {
            try {
                missing -= fill().remaining();
            } catch (IOException e) {
                failed(e);
                return;
            }
            if (missing > 0) {
                endPoint.fillInterested(this);
            } else {
                long took = System.nanoTime() - due;
                nanos[received.getAndIncrement()] = took;
            }
        }

        @Override
        public void failed(Throwable cause) {
            failure = cause;
        }

        private ByteBuffer fill() throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate(512).flip();
            if (endPoint.fill(buffer) < 0) {
                throw new EOFException("the server has ended the connection");
            }
            return buffer;
        }
    }
}
