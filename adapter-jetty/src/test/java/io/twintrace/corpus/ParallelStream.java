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
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** Two parts of a page take long to calculate, and a parallel stream halves the time. */
final class ParallelStream implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("ParallelStream$Mistaken.showBalances", "ParallelStream$Mistaken.showBookings");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired();
    }

    /** Shared by both: the two parts of the page. */
    private abstract static class Accounts implements Application {
        private static final int ROWS = 20;

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/accounts", this::handle, options());
        }

        WebSocketOptions options() {
            return Corpus.UNHURRIED;
        }

        private void handle(BlockingConnection connection) throws Exception {
            for (Message m; (m = connection.readMessage()) != null; ) {
                show(connection, m.text());
            }
        }

        abstract void show(WebSocketConnection connection, String account) throws IOException;

        static List<String> balances(String account) {
            return rows("balance", account);
        }

        static List<String> bookings(String account) {
            return rows("booking", account);
        }

        private static List<String> rows(String what, String account) {
            return IntStream.range(0, ROWS)
                    .mapToObj(row -> what + ' ' + row + " of " + account)
                    .toList();
        }

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/accounts").ask("ann", 100, 2 * ROWS, writes);
        }
    }

    private static final class Mistaken extends Accounts {
        private final Failures failures;

        Mistaken(Failures failures) {
            this.failures = failures;
        }

        @Override
        void show(WebSocketConnection connection, String account) {
            List<Runnable> parts =
                    List.of(() -> showBalances(connection, account), () -> showBookings(connection, account));
            parts.parallelStream().forEach(Runnable::run);
        }

        private void showBalances(WebSocketConnection connection, String account) {
            try {
                for (String row : balances(account)) {
                    connection.writeMessage(row);
                }
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void showBookings(WebSocketConnection connection, String account) {
            try {
                for (String row : bookings(account)) {
                    connection.writeMessage(row);
                }
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static final class Repaired extends Accounts {
        @Override
        WebSocketOptions options() {
            return Corpus.UNHURRIED.toBuilder()
                    .writeDiscipline(connection -> WriteDiscipline.confinedToFirstWriter())
                    .build();
        }

        @Override
        void show(WebSocketConnection connection, String account) throws IOException {
            List<Supplier<List<String>>> parts = List.of(() -> balances(account), () -> bookings(account));
            List<String> rows = parts.parallelStream()
                    .map(Supplier::get)
                    .flatMap(List::stream)
                    .toList();
            for (String row : rows) {
                connection.writeMessage(row);
            }
        }
    }
}
