package io.twintrace.corpus;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.jetty.JettyWebSockets;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** The parts of a report are made by a parallel stream, which is one word more and twice as fast. */
final class ParallelStream implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("ParallelStream$Mistaken.sales", "ParallelStream$Mistaken.stock");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired();
    }

    /** What both have in common: a report has two parts, each of some lines. */
    private abstract static class Reports implements Application {
        static final List<String> SALES = Collections.nCopies(20, "sold: 42");
        static final List<String> STOCK = Collections.nCopies(20, "in stock: 4711");

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/reports", this::handle, Corpus.UNHURRIED);
        }

        private void handle(WebSocketConnection connection) throws Exception {
            begin(connection);
            while (connection.readMessage() != null) {
                report(connection);
            }
        }

        void begin(WebSocketConnection connection) {}

        abstract void report(WebSocketConnection connection) throws IOException;

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/reports").ask("today", 50, SALES.size() + STOCK.size(), writes);
        }
    }

    private static final class Mistaken extends Reports {
        private final Failures failures;

        Mistaken(Failures failures) {
            this.failures = failures;
        }

        @Override
        void report(WebSocketConnection connection) {
            Stream.<Runnable>of(() -> sales(connection), () -> stock(connection))
                    .parallel()
                    .forEach(Runnable::run);
        }

        private void sales(WebSocketConnection connection) {
            try {
                for (String line : SALES) {
                    connection.writeMessage(line);
                }
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            }
        }

        private void stock(WebSocketConnection connection) {
            try {
                for (String line : STOCK) {
                    connection.writeMessage(line);
                }
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            }
        }
    }

    private static final class Repaired extends Reports {
        @Override
        void begin(WebSocketConnection connection) {
            connection.declareWriteDiscipline(WriteDiscipline.confinedTo(Thread.currentThread()));
        }

        @Override
        void report(WebSocketConnection connection) throws IOException {
            List<List<String>> parts = Stream.<Supplier<List<String>>>of(() -> SALES, () -> STOCK)
                    .parallel()
                    .map(Supplier::get)
                    .toList();
            for (List<String> part : parts) {
                for (String line : part) {
                    connection.writeMessage(line);
                }
            }
        }
    }
}
