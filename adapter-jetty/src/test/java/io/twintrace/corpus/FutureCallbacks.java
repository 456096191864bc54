package io.twintrace.corpus;

import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.jetty.JettyWebSockets;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** Two things are looked up at once to save time, and each is written as soon as it is there. */
final class FutureCallbacks implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("FutureCallbacks$Mistaken.showOrders", "FutureCallbacks$Mistaken.showInvoices");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired();
    }

    /** What both have in common: one customer is shown after another, with orders and invoices. */
    private abstract static class Dashboard implements Application {
        private static final int ROWS = 20;

        private final ExecutorService database = Executors.newFixedThreadPool(2);

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/dashboard", this::handle, options());
        }

        WebSocketOptions options() {
            return Corpus.UNHURRIED;
        }

        private void handle(WebSocketConnection connection) throws Exception {
            for (Message m; (m = connection.readMessage()) != null; ) {
                show(connection, load("order of " + m.text()), load("invoice to " + m.text()));
            }
        }

        private CompletableFuture<List<String>> load(String what) {
            return CompletableFuture.supplyAsync(() -> Collections.nCopies(ROWS, what), database);
        }

        abstract void show(
                WebSocketConnection connection,
                CompletableFuture<List<String>> orders,
                CompletableFuture<List<String>> invoices)
                throws IOException;

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/dashboard").ask("ACME", 50, 2 * ROWS, writes);
        }

        @Override
        public void stop() {
            database.shutdown();
        }
    }

    private static final class Mistaken extends Dashboard {
        private final Failures failures;

        Mistaken(Failures failures) {
            this.failures = failures;
        }

        @Override
        void show(
                WebSocketConnection connection,
                CompletableFuture<List<String>> orders,
                CompletableFuture<List<String>> invoices) {
            CompletableFuture.allOf(
                            orders.thenAccept(rows -> showOrders(connection, rows)),
                            invoices.thenAccept(rows -> showInvoices(connection, rows)))
                    .join(); // one customer at a time
        }

        private void showOrders(WebSocketConnection connection, List<String> rows) {
            try {
                for (String row : rows) {
                    connection.writeMessage(row);
                }
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            }
        }

        private void showInvoices(WebSocketConnection connection, List<String> rows) {
            try {
                for (String row : rows) {
                    connection.writeMessage(row);
                }
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            }
        }
    }

    private static final class Repaired extends Dashboard {
        @Override
        WebSocketOptions options() {
            return super.options().toBuilder()
                    .writeDiscipline(connection -> WriteDiscipline.confinedToFirstWriter())
                    .build();
        }

        @Override
        void show(
                WebSocketConnection connection,
                CompletableFuture<List<String>> orders,
                CompletableFuture<List<String>> invoices)
                throws IOException {
            write(connection, orders.join());
            write(connection, invoices.join());
        }

        private static void write(WebSocketConnection connection, List<String> rows) throws IOException {
            for (String row : rows) {
                connection.writeMessage(row);
            }
        }
    }
}
