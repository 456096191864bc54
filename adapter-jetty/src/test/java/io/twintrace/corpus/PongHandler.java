package io.twintrace.corpus;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.ControlType;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** A job reports its progress, and the pong handler shows the client the round-trip time. */
final class PongHandler implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("PongHandler$Mistaken.report", "PongHandler$Mistaken.onPong");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired();
    }

    /** Shared by both: Pings, and a thread for the jobs of each connection, the only one that should write. */
    private abstract static class Jobs implements Application {
        private static final int STEPS = 100;

        private final ScheduledExecutorService pings = Executors.newSingleThreadScheduledExecutor();

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/jobs", this::handle, options());
        }

        WebSocketOptions options() {
            return Corpus.UNHURRIED;
        }

        private void handle(BlockingConnection connection) throws Exception {
            ExecutorService jobs = Executors.newSingleThreadExecutor(task -> new Thread(task, "job"));
            connection.setPongHandler(payload -> onPong(connection));
            Future<?> pinging = pings.scheduleAtFixedRate(() -> ping(connection), 0, 1, TimeUnit.MILLISECONDS);
            try {
                while (connection.readMessage() != null) {
                    jobs.execute(() -> run(connection));
                }
            } finally {
                pinging.cancel(false);
                jobs.shutdownNow();
            }
        }

        private static void ping(WebSocketConnection connection) {
            connection.attributes().put("pinged", System.nanoTime());
            try {
                connection.writeControl(
                        ControlType.PING, new byte[0], Instant.now().plusSeconds(5));
            } catch (IOException e) {
                // The connection has ended, and its handler knows.
            }
        }

        private void run(WebSocketConnection connection) {
            try {
                for (int step = 1; step <= STEPS; step++) {
                    report(connection, step);
                }
            } catch (IOException e) {
                // The connection has ended, and its handler knows.
            }
        }

        static long microsSincePing(WebSocketConnection connection) {
            return (System.nanoTime() - (long) connection.attributes().get("pinged")) / 1000;
        }

        abstract void report(WebSocketConnection connection, int step) throws IOException;

        abstract void onPong(WebSocketConnection connection) throws IOException;

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/jobs").ask("build", 20, STEPS, writes);
        }

        @Override
        public void stop() {
            pings.shutdownNow();
        }
    }

    private static final class Mistaken extends Jobs {
        private final Failures failures;

        Mistaken(Failures failures) {
            this.failures = failures;
        }

        @Override
        void report(WebSocketConnection connection, int step) throws IOException {
            try {
                connection.writeMessage("step " + step);
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            }
        }

        @Override
        void onPong(WebSocketConnection connection) throws IOException {
            try {
                connection.writeMessage("round trip: " + microsSincePing(connection) + " us");
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            }
        }
    }

    private static final class Repaired extends Jobs {
        @Override
        WebSocketOptions options() {
            return Corpus.UNHURRIED.toBuilder()
                    .writeDiscipline(connection -> WriteDiscipline.confinedToFirstWriter())
                    .build();
        }

        @Override
        void report(WebSocketConnection connection, int step) throws IOException {
            Object roundTrip = connection.attributes().getOrDefault("round-trip", "?");
            connection.writeMessage("step " + step + ", round trip: " + roundTrip + " us");
        }

        @Override
        void onPong(WebSocketConnection connection) {
            connection.attributes().put("round-trip", microsSincePing(connection));
        }
    }
}
