package io.twintrace.corpus;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** A monitor keeps moving the write deadline of every connection, so that only stuck ones run into it. */
final class DeadlineMonitor implements Mistake {
    private static final Duration LONGEST_WRITE = Duration.ofSeconds(10);

    @Override
    public Set<String> atFault() {
        return Set.of("DeadlineMonitor$Mistaken.answer", "DeadlineMonitor$Mistaken.extend");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired();
    }

    /** Shared by both: quotes on request. */
    private abstract static class Quotes implements Application {
        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/quotes", this::handle, options());
        }

        WebSocketOptions options() {
            return Corpus.UNHURRIED;
        }

        private void handle(BlockingConnection connection) throws Exception {
            Future<?> monitoring = monitor(connection);
            try {
                for (Message m; (m = connection.readMessage()) != null; ) {
                    answer(connection, m.text());
                }
            } finally {
                monitoring.cancel(false);
            }
        }

        abstract Future<?> monitor(WebSocketConnection connection);

        abstract void answer(WebSocketConnection connection, String symbol) throws IOException;

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/quotes").ask("ACME", 2000, 1, writes);
        }
    }

    private static final class Mistaken extends Quotes {
        private final ScheduledExecutorService monitor =
                Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "deadline-monitor"));
        private final Failures failures;

        Mistaken(Failures failures) {
            this.failures = failures;
        }

        @Override
        Future<?> monitor(WebSocketConnection connection) {
            return monitor.scheduleAtFixedRate(() -> extend(connection), 0, 100, TimeUnit.MICROSECONDS);
        }

        @Override
        void answer(WebSocketConnection connection, String symbol) throws IOException {
            try {
                connection.writeMessage(symbol + " 42");
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            }
        }

        private void extend(WebSocketConnection connection) {
            try {
                connection.setWriteDeadline(Instant.now().plus(LONGEST_WRITE));
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            }
        }

        @Override
        public void stop() {
            monitor.shutdownNow();
        }
    }

    private static final class Repaired extends Quotes {
        @Override
        WebSocketOptions options() {
            return Corpus.UNHURRIED.toBuilder()
                    .writeDiscipline(connection -> WriteDiscipline.confinedToFirstWriter())
                    .build();
        }

        @Override
        Future<?> monitor(WebSocketConnection connection) {
            return CompletableFuture.completedFuture(null); // the writer sets the deadline
        }

        @Override
        void answer(WebSocketConnection connection, String symbol) throws IOException {
            connection.setWriteDeadline(Instant.now().plus(LONGEST_WRITE));
            connection.writeMessage(symbol + " 42");
        }
    }
}
