package io.twintrace.corpus;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** An export streams its rows from a pool's thread, and the thread that reads refuses a second one meanwhile. */
final class ReplyDuringJob implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("ReplyDuringJob$Mistaken.row", "ReplyDuringJob$Mistaken.refuse");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired();
    }

    /** Shared by both: one export at a time for each client. */
    private abstract static class Exports implements Application {
        private static final int ROWS = 200;

        private final ExecutorService jobs = Executors.newCachedThreadPool(task -> new Thread(task, "export"));

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/exports", this::handle, Corpus.UNHURRIED);
        }

        private void handle(BlockingConnection connection) throws Exception {
            AtomicBoolean busy = new AtomicBoolean();
            while (connection.readMessage() != null) {
                if (busy.compareAndSet(false, true)) {
                    jobs.execute(() -> export(connection, busy));
                } else {
                    refuse(connection);
                }
            }
        }

        private void export(WebSocketConnection connection, AtomicBoolean busy) {
            try {
                for (int number = 1; number <= ROWS; number++) {
                    row(connection, number);
                }
            } catch (IOException e) {
                // The connection has ended, and its handler knows.
            } finally {
                busy.set(false);
            }
        }

        abstract void row(WebSocketConnection connection, int number) throws IOException;

        abstract void refuse(WebSocketConnection connection) throws IOException;

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/exports").ask("export", 500, 1, writes);
        }

        @Override
        public void stop() {
            jobs.shutdown();
        }
    }

    private static final class Mistaken extends Exports {
        private final Failures failures;

        Mistaken(Failures failures) {
            this.failures = failures;
        }

        @Override
        void row(WebSocketConnection connection, int number) throws IOException {
            try {
                connection.writeMessage("row " + number);
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            }
        }

        @Override
        void refuse(WebSocketConnection connection) throws IOException {
            try {
                connection.writeMessage("error: an export is running");
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            }
        }
    }

    private static final class Repaired extends Exports {
        @Override
        void row(WebSocketConnection connection, int number) {
            connection.outbox().offer("row " + number);
        }

        @Override
        void refuse(WebSocketConnection connection) {
            connection.outbox().offer("error: an export is running");
        }
    }
}
