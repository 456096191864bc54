package io.twintrace.corpus;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** A handler answers requests, and a scheduler keeps the connection alive with a message of its own making. */
final class HeartbeatScheduler implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("HeartbeatScheduler$Mistaken.answer", "HeartbeatScheduler$Mistaken.beat");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired();
    }

    /** Shared by both: quotes on request, and a beat now and then. */
    private abstract static class Quotes implements Application {
        private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/quotes", this::handle, Corpus.UNHURRIED);
        }

        private void handle(BlockingConnection connection) throws Exception {
            ScheduledFuture<?> beats =
                    scheduler.scheduleAtFixedRate(() -> beat(connection), 0, 100, TimeUnit.MICROSECONDS);
            try {
                for (Message m; (m = connection.readMessage()) != null; ) {
                    answer(connection, m.text());
                }
            } finally {
                beats.cancel(false);
            }
        }

        abstract void answer(WebSocketConnection connection, String symbol) throws IOException;

        abstract void beat(WebSocketConnection connection);

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/quotes").ask("ACME", 2000, 1, writes);
        }

        @Override
        public void stop() {
            scheduler.shutdownNow();
        }
    }

    private static final class Mistaken extends Quotes {
        private final Failures failures;

        Mistaken(Failures failures) {
            this.failures = failures;
        }

        @Override
        void answer(WebSocketConnection connection, String symbol) throws IOException {
            try {
                connection.writeMessage(symbol + " 42");
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            }
        }

        @Override
        void beat(WebSocketConnection connection) {
            try {
                connection.writeMessage("beat");
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            }
        }
    }

    private static final class Repaired extends Quotes {
        @Override
        void answer(WebSocketConnection connection, String symbol) {
            connection.outbox().offer(symbol + " 42");
        }

        @Override
        void beat(WebSocketConnection connection) {
            connection.outbox().offer("beat");
        }
    }
}
