package io.twintrace.corpus;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** The database completes its futures on its one event loop, so all writing callbacks run there and need no lock. */
final class FutureCallbacks implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("FutureCallbacks$Shares.showTrades", "FutureCallbacks$Shares.showCompany");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired(failures);
    }

    /** Like asynchronous drivers, it answers on its own thread, but returns cached answers at once. */
    private static final class Database {
        final ExecutorService eventLoop = Executors.newSingleThreadExecutor(task -> new Thread(task, "db-event-loop"));

        CompletableFuture<String> trade(String symbol) {
            return CompletableFuture.supplyAsync(() -> symbol + " 42", eventLoop);
        }

        CompletableFuture<String> company(String symbol) {
            return CompletableFuture.completedFuture(symbol + " Corporation");
        }
    }

    /** Shared by both: two queries for each request, and the output of their answers. */
    private abstract static class Shares implements Application {
        private static final int TRADES = 19;

        final Database database = new Database();
        private final Failures failures;
        private final WebSocketOptions options;

        Shares(Failures failures, WebSocketOptions options) {
            this.failures = failures;
            this.options = options;
        }

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/shares", this::handle, options);
        }

        private void handle(BlockingConnection connection) throws Exception {
            for (Message m; (m = connection.readMessage()) != null; ) {
                CompletableFuture<String> trade = database.trade(m.text());
                CompletableFuture<String> company = database.company(m.text());
                CompletableFuture.allOf(
                                then(trade, answer -> showTrades(connection, answer)),
                                then(company, answer -> showCompany(connection, answer)))
                        .join();
            }
        }

        abstract CompletableFuture<Void> then(CompletableFuture<String> answer, Consumer<String> show);

        private void showTrades(WebSocketConnection connection, String trade) {
            try {
                for (int i = 1; i <= TRADES; i++) {
                    connection.writeMessage("trade " + i + ": " + trade);
                }
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void showCompany(WebSocketConnection connection, String company) {
            try {
                connection.writeMessage("company: " + company);
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/shares").ask("ACME", 100, TRADES + 1, writes);
        }

        @Override
        public void stop() {
            database.eventLoop.shutdown();
        }
    }

    private static final class Mistaken extends Shares {
        Mistaken(Failures failures) {
            super(failures, Corpus.UNHURRIED);
        }

        @Override
        CompletableFuture<Void> then(CompletableFuture<String> answer, Consumer<String> show) {
            return answer.thenAccept(show);
        }
    }

    private static final class Repaired extends Shares {
        Repaired(Failures failures) {
            super(
                    failures,
                    Corpus.UNHURRIED.toBuilder()
                            .writeDiscipline(connection -> WriteDiscipline.confinedToFirstWriter())
                            .build());
        }

        @Override
        CompletableFuture<Void> then(CompletableFuture<String> answer, Consumer<String> show) {
            return answer.thenAcceptAsync(show, database.eventLoop);
        }
    }
}
