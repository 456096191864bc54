package io.twintrace.corpus;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** The lock is held for each piece of a report, but not while fetching the next one, so that nobody waits long. */
final class LockReleasedEarly implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("LockReleasedEarly$Mistaken.report", "LockReleasedEarly$Trades.price");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired(failures);
    }

    /** Shared by both: a report on request, and all prices again and again. */
    private abstract static class Trades implements Application {
        static final int ROWS = 10;
        private static final int INSTRUMENTS = 100;

        final Failures failures;
        private final ScheduledExecutorService feed =
                Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "prices"));

        Trades(Failures failures) {
            this.failures = failures;
        }

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/trades", this::handle, Corpus.TRACED);
        }

        private void handle(BlockingConnection connection) throws Exception {
            connection.declareWriteDiscipline(WriteDiscipline.guardedBy(connection));
            ScheduledFuture<?> prices =
                    feed.scheduleWithFixedDelay(() -> prices(connection), 0, 200, TimeUnit.MICROSECONDS);
            try {
                while (connection.readMessage() != null) {
                    report(connection);
                }
            } finally {
                prices.cancel(false);
            }
        }

        private void prices(WebSocketConnection connection) {
            try {
                for (int instrument = 0; instrument < INSTRUMENTS; instrument++) {
                    price(connection, instrument);
                }
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            } catch (IOException e) {
                // The client is gone.
            }
        }

        private static void price(WebSocketConnection connection, int instrument) throws IOException {
            synchronized (connection) {
                connection.writeMessage(instrument + ": 42");
            }
        }

        /** The database is on another machine. */
        static String fetch(int row) {
            LockSupport.parkNanos(20_000);
            return "sold " + row + '\n';
        }

        abstract void report(WebSocketConnection connection) throws IOException;

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/trades").ask("today", 1, 5 * INSTRUMENTS, writes);
        }

        @Override
        public void stop() {
            feed.shutdownNow();
        }
    }

    private static final class Mistaken extends Trades {
        Mistaken(Failures failures) {
            super(failures);
        }

        @Override
        void report(WebSocketConnection connection) throws IOException {
            try {
                MessageWriter message;
                synchronized (connection) {
                    message = connection.nextWriter(MessageType.TEXT);
                }
                for (int row = 1; row <= ROWS; row++) {
                    String text = fetch(row);
                    synchronized (connection) {
                        message.write(text);
                    }
                }
                synchronized (connection) {
                    message.close();
                }
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            }
        }
    }

    private static final class Repaired extends Trades {
        Repaired(Failures failures) {
            super(failures);
        }

        @Override
        void report(WebSocketConnection connection) throws IOException {
            synchronized (connection) {
                try (MessageWriter message = connection.nextWriter(MessageType.TEXT)) {
                    for (int row = 1; row <= ROWS; row++) {
                        message.write(fetch(row));
                    }
                }
            }
        }
    }
}
